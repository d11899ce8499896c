import { type Static, Type } from 'typebox';
import { ValidationError } from '../shared/errors.ts';
import { compileValidator } from '../shared/validator.ts';
import type { AgentDirectory } from './agent-directory.ts';
import { ListedAgent } from './listed-agent.ts';

const terms = Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 128 }), { maxItems: 100 }));

/** Body of a search (CONTRACT.md, "Search"). */
export const SearchRequest = Type.Object(
  {
    capabilities: terms,
    domains: terms,
    actions: terms,
    mode: Type.Optional(Type.Enum(['all', 'any'], { description: 'Default: all.' })),
  },
  { title: 'SearchRequest', additionalProperties: false },
);
export type SearchRequest = Static<typeof SearchRequest>;

const validate = compileValidator<SearchRequest>(SearchRequest);

/** What a search found, in the order of ids. */
export const SearchResult = Type.Object(
  { agents: Type.Array(ListedAgent), total: Type.Integer({ minimum: 0 }) },
  { title: 'SearchResult', additionalProperties: false },
);
export type SearchResult = Static<typeof SearchResult>;

/**
 * Finds agents by what they can do.
 *
 * @param body the request's body
 * @throws ValidationError when it is no {@link SearchRequest} or lists nothing
 */
export function searchAgents(directory: AgentDirectory, body: unknown): SearchResult {
  const { capabilities = [], domains = [], actions = [], mode = 'all' } = validate(body);
  if (capabilities.length + domains.length + actions.length === 0) {
    throw ValidationError.of('', 'empty', 'name at least one capability, domain or action');
  }
  const ids = directory.capabilities.search({ capabilities, domains, actions, mode });
  const agents = ids.flatMap((id) => directory.get(id) ?? []);
  return { agents, total: agents.length };
}
