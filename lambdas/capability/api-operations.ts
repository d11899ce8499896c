import { ID_PATTERN } from '../agents/agent-schema.ts';
import type { WriteRoute } from '../agents/contract.ts';
import { PUBLISHED_SCHEMAS } from '../agents/published-schemas.ts';
import { STATES, STATUSES } from '../agents/status.ts';
import type { OPEN_ROUTES, ReadRoute } from './contract.ts';

/** What is said of one route; `responses` by status, the name of a component or a text for an answer without a body. */
export interface Operation {
  readonly summary: string;
  readonly parameters?: readonly object[];
  readonly body?: { readonly schema: string; readonly types?: readonly string[] };
  readonly responses: Readonly<Record<number, { readonly description: string; readonly schema?: string }>>;
}

type DocumentedRoute = ReadRoute | WriteRoute | Exclude<(typeof OPEN_ROUTES)[number], '$default'>;

const query = (name: string, schema: object, description: string) => ({ name, in: 'query', schema, description });
const header = (name: string, description: string, pattern?: string) => ({
  name,
  in: 'header',
  schema: { type: 'string', ...(pattern && { pattern }) },
  description,
});
const words = (of: string) => `${of}; several separated by commas must all hold.`;
const text = { type: 'string', minLength: 1 };

const ID = { name: 'id', in: 'path', required: true, schema: { type: 'string', pattern: ID_PATTERN } };
const IF_MATCH = header(
  'If-Match',
  'ETags of the agent; only their revisions count.',
  '^(\\*|(W/)?"[^"]*"(, *(W/)?"[^"]*")*)$',
);
const IF_NONE_MATCH = header('If-None-Match', 'An ETag that the caller has: 304 when it still holds.');
const oneStatus = `(${[...STATUSES, ...STATES].join('|')})`;
const STATUS_WORDS = { type: 'string', pattern: `^${oneStatus}(,${oneStatus})*$` };
const FLAG = { type: 'string', enum: ['true', 'false'] };

const found = (schema: string, description: string) => ({
  200: { description, schema },
  304: { description: 'Unchanged' },
});
const invalid = { 400: { description: 'Not valid; `errors` names each field and rule', schema: 'Problem' } };
const missing = { 404: { description: 'There is no such agent', schema: 'Problem' } };
const changed = { 412: { description: 'The agent has another revision', schema: 'Problem' } };
const tooLarge = { 413: { description: 'Over 256 KB', schema: 'Problem' } };

/** Every route, as `METHOD /path`. The compiler holds the list against the contracts. */
export const OPERATIONS: Readonly<Record<DocumentedRoute, Operation>> = {
  'POST /registry/agents': {
    summary: "Register an agent; the first specification's names (agent_id, mcp_servers, …) are taken as well",
    parameters: [header('Idempotency-Key', 'A repeat gets the same answer.', '^[ -~]{1,255}$')],
    body: { schema: 'AgentDocument' },
    responses: {
      201: { description: 'Registered', schema: 'Agent' },
      200: { description: 'Merged into the agent that held the id or name', schema: 'Agent' },
      409: { description: 'The id or name is taken', schema: 'Problem' },
      422: { description: 'The Idempotency-Key was used for another body', schema: 'Problem' },
      ...tooLarge,
      ...invalid,
    },
  },
  'PUT /registry/agents/{id}': {
    summary: 'Change an agent by a JSON merge patch (RFC 7396)',
    parameters: [ID, IF_MATCH],
    body: { schema: 'AgentPatch', types: ['application/json', 'application/merge-patch+json'] },
    responses: {
      200: { description: 'The agent after the change', schema: 'Agent' },
      409: { description: 'The name is taken', schema: 'Problem' },
      ...missing,
      ...changed,
      ...tooLarge,
      ...invalid,
    },
  },
  'DELETE /registry/agents/{id}': {
    summary: 'Deregister an agent',
    parameters: [
      ID,
      IF_MATCH,
      query('force', FLAG, 'Recorded as the reason.'),
      query('migrateTasks', FLAG, 'Accepted.'),
    ],
    responses: { 204: { description: 'Gone' }, ...missing, ...changed, ...invalid },
  },
  'GET /registry/agents/{id}': {
    summary: 'One agent, read consistently',
    parameters: [ID, IF_NONE_MATCH],
    responses: { ...found('Agent', 'The agent'), ...missing, ...invalid },
  },
  'GET /registry/agents': {
    summary: 'List agents in the order of their ids',
    parameters: [
      query('status', STATUS_WORDS, words('Either vocabulary of status')),
      query('state', STATUS_WORDS, 'The same vocabularies as status.'),
      query('type', text, 'The type of agent.'),
      query('priority', { type: 'integer', minimum: 1, maximum: 10 }, 'At least this priority.'),
      query('tools', text, words('Tools that the agent lists, or all by `*`')),
      query('capability', text, words('Core capabilities and enhancements')),
      query('domain', text, words('Domains')),
      query('action', text, words('Actions')),
      query('limit', { type: 'integer', minimum: 1, maximum: 500, default: 50 }, 'Agents on a page.'),
      query('offset', { type: 'integer', minimum: 0, maximum: 10_000 }, 'Agents to pass over; not with cursor.'),
      query('cursor', text, 'nextCursor of the page before, with the same filters.'),
      IF_NONE_MATCH,
    ],
    responses: { ...found('AgentPage', 'A page'), ...invalid },
  },
  'POST /registry/search': {
    summary: 'Find agents by what they can do',
    body: { schema: 'SearchRequest' },
    responses: { 200: { description: 'What was found', schema: 'SearchResult' }, ...tooLarge, ...invalid },
  },
  'GET /registry/stats': {
    summary: 'Statistics of the registry',
    parameters: [IF_NONE_MATCH],
    responses: { ...found('RegistryStats', 'Counts and distributions'), ...invalid },
  },
  'GET /registry/changes': {
    summary: 'Follow the changes, at least once',
    parameters: [
      query('since', text, 'A cursor of this feed; absent: the oldest that is kept.'),
      query('limit', { type: 'integer', minimum: 1, maximum: 1_000, default: 100 }, 'Changes at most.'),
      IF_NONE_MATCH,
    ],
    responses: {
      ...found('ChangeFeed', 'Settled changes, oldest first'),
      410: { description: 'The cursor is older than what is kept', schema: 'Problem' },
      ...invalid,
    },
  },
  'GET /health': { summary: 'Whether the API answers', responses: found('Health', 'It does') },
  'GET /registry/openapi.json': { summary: 'This document', responses: found('OpenApi', 'OpenAPI 3.1') },
  'GET /registry/schemas/{name}': {
    summary: 'A published JSON Schema',
    parameters: [
      {
        name: 'name',
        in: 'path',
        required: true,
        schema: { type: 'string', enum: Object.keys(PUBLISHED_SCHEMAS).map((name) => `${name}.json`) },
      },
    ],
    responses: { ...found('JsonSchema', 'The schema'), 404: { description: 'No such schema', schema: 'Problem' } },
  },
};
