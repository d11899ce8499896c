import { type Static, Type } from 'typebox';
import { MinRevision } from '../min-revision-schema.ts';
import { FACET_NAMES, type FacetCounts } from './facets.ts';
import { SEARCH_FILTERS, STATUS_WORDS } from './filter-expressions.ts';
import { ListedAgent } from './listed-agent.ts';
import { SORTS } from './search-order.ts';

const terms = (description: string, maxLength = 128) =>
  Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength }), { maxItems: 100, description }));
const texts = () => Type.Array(Type.String());

/** Body of a search (CONTRACT.md, "Search"): lists and filters AND together. */
export const SearchRequest = Type.Object(
  {
    capabilities: terms('Core capabilities and enhancements.'),
    domains: terms('Domains.'),
    actions: terms('Actions.'),
    tools: terms('Tools that the agent lists, or all by `*`: exact, or `prefix*`.', 256),
    mode: Type.Optional(
      Type.Enum(['all', 'any'], { description: 'Of everything in these lists: all (default), or at least one.' }),
    ),
    q: Type.Optional(
      Type.String({ minLength: 1, maxLength: 200, pattern: '\\S', description: 'Words of the name and description.' }),
    ),
    type: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })),
    minPriority: Type.Optional(Type.Integer({ minimum: 1, maximum: 10, description: 'At least this priority.' })),
    status: Type.Optional(Type.Enum([...STATUS_WORDS], { description: 'Either vocabulary of status.' })),
    healthyOnly: Type.Optional(Type.Boolean({ description: 'Only agents whose health is healthy.' })),
    sort: Type.Optional(
      Type.Enum([...SORTS], {
        description:
          'id (default), priority (higher first, then lower load), load (lower first, then higher priority) or ' +
          'relevance (needs q, and is the default with it); then id.',
      }),
    ),
    limit: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 500, description: 'Agents on a page at most; 500 if absent.' }),
    ),
    cursor: Type.Optional(Type.String({ minLength: 1, description: 'nextCursor of the page before, all else equal.' })),
    facets: Type.Optional(
      Type.Array(Type.Enum([...FACET_NAMES]), {
        maxItems: FACET_NAMES.length,
        description: 'What to count among all agents that match.',
      }),
    ),
    explain: Type.Optional(Type.Boolean({ description: 'Whether each agent tells why it was found.' })),
    minRevision: Type.Optional(MinRevision),
  },
  { title: 'SearchRequest', additionalProperties: false },
);
export type SearchRequest = Static<typeof SearchRequest>;

/** Why an agent was found: what it has of that which was asked for. */
export const MatchExplanation = Type.Object(
  {
    capabilities: texts(),
    domains: texts(),
    actions: texts(),
    tools: Type.Array(Type.String(), { description: 'As the agent lists them.' }),
    filters: Type.Array(Type.Enum([...SEARCH_FILTERS]), { description: 'Filters of the search: it passes them all.' }),
    text: Type.Array(Type.String(), { description: 'Its words that q met.' }),
    score: Type.Optional(Type.Number({ description: 'How well q fits; only with q.' })),
  },
  { title: 'MatchExplanation', additionalProperties: false },
);
export type MatchExplanation = Static<typeof MatchExplanation>;

/** An agent that was found, with its reasons where they were asked for. */
export const FoundAgent = Type.Object(
  { ...ListedAgent.properties, explain: Type.Optional(MatchExplanation) },
  { title: 'FoundAgent', additionalProperties: false },
);
export type FoundAgent = Static<typeof FoundAgent>;

const FacetCount = Type.Object(
  { value: Type.String(), count: Type.Integer({ minimum: 1 }) },
  { additionalProperties: false },
);

const Facets = Type.Unsafe<FacetCounts>({
  type: 'object',
  properties: Object.fromEntries(FACET_NAMES.map((name) => [name, Type.Array(FacetCount)])),
  additionalProperties: false,
  description: 'How many of all that match have what: the most frequent first, 100 at most of each facet.',
});

/** One page of what a search found. */
export const SearchResult = Type.Object(
  {
    agents: Type.Array(FoundAgent),
    total: Type.Integer({ minimum: 0, description: 'Agents that match, on all pages.' }),
    nextCursor: Type.Optional(Type.String({ description: 'Absent on the last page.' })),
    facets: Type.Optional(Facets),
  },
  { title: 'SearchResult', additionalProperties: false },
);
export type SearchResult = Static<typeof SearchResult>;
