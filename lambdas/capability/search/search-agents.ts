import { ValidationError } from '../../shared/errors.ts';
import { toValidator } from '../../shared/validator.ts';
import type { AgentDirectory } from '../agent-directory.ts';
import { searchRequest } from './search-request.generated.ts';
import type { SearchRequest, SearchResult } from './search-schema.ts';

const validate = toValidator<SearchRequest>(searchRequest);

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
