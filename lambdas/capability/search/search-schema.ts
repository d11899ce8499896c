import { type Static, Type } from 'typebox';
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

/** What a search found, in the order of ids. */
export const SearchResult = Type.Object(
  { agents: Type.Array(ListedAgent), total: Type.Integer({ minimum: 0 }) },
  { title: 'SearchResult', additionalProperties: false },
);
export type SearchResult = Static<typeof SearchResult>;
