import { AgentDocument, CLIENT_FIELDS, ID_PATTERN } from '../agents/agent-schema.ts';
import { Agent } from '../agents/agent-view.ts';
import { ChangeFeed } from '../agents/change-feed.ts';
import type { WriteRoute } from '../agents/contract.ts';
import { PUBLISHED_SCHEMAS } from '../agents/published-schemas.ts';
import { STATES, STATUSES } from '../agents/status.ts';
import { ProblemDocument } from '../shared/http/problem-schema.ts';
import { OPEN_ROUTES, type ReadRoute } from './contract.ts';
import { AgentPage } from './list-agents.ts';
import { RegistryStats } from './registry-stats.ts';
import { SearchRequest, SearchResult } from './search-agents.ts';

/** What is said of one route; `responses` by status, the name of a component or a text for an answer without a body. */
interface Operation {
  readonly summary: string;
  readonly parameters?: readonly object[];
  readonly body?: { readonly schema: string; readonly types?: readonly string[] };
  readonly responses: Readonly<Record<number, { readonly description: string; readonly schema?: string }>>;
}

type DocumentedRoute = ReadRoute | WriteRoute | Exclude<(typeof OPEN_ROUTES)[number], '$default'>;

const component = (name: string) => ({ $ref: `#/components/schemas/${name}` });
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
const OPERATIONS: Readonly<Record<DocumentedRoute, Operation>> = {
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

const PROBLEM_TYPE = 'application/problem+json';

/** A response object of OpenAPI. */
interface Response {
  readonly description: string;
  readonly headers?: object;
  readonly content?: Readonly<Record<string, { readonly schema: object }>>;
}

const told = (description: string, type = 'string') => ({ description, schema: { type } });

/** Headers that go with what is answered. */
const HEADERS: Readonly<Record<string, object>> = {
  Agent: { ETag: told('"r{revision}-{hash of the live fields}"') },
  AgentPage: { 'Registry-Index-Age': told('Milliseconds since the index was up to date.', 'integer') },
  SearchResult: { 'Registry-Index-Age': told('Milliseconds since the index was up to date.', 'integer') },
  RegistryStats: { 'Registry-Index-Age': told('Milliseconds since the index was up to date.', 'integer') },
};

function toResponse({ description, schema }: Operation['responses'][number]): Response {
  if (schema === undefined) return { description };
  const type = schema === 'Problem' ? PROBLEM_TYPE : 'application/json';
  const headers = HEADERS[schema];
  return { description, ...(headers && { headers }), content: { [type]: { schema: component(schema) } } };
}

/** What may happen to any request: the gateway's own refusals, which are no problem documents, and our failures. */
const gateway = (description: string) => ({
  description,
  content: { 'application/json': { schema: component('GatewayMessage') } },
});

/** An answer that the gateway may give in our place, and then in its own words. */
const orGateway = (response: Response): Response => ({
  ...response,
  content: { ...response.content, 'application/json': { schema: component('GatewayMessage') } },
});

const REFUSALS = { 401: gateway('Not signed in'), 403: gateway('Not allowed') };
const FAILURES = {
  429: gateway('Too many requests: try again later'),
  500: orGateway(toResponse({ description: 'The registry failed', schema: 'Problem' })),
  503: orGateway(toResponse({ description: 'Busy: try again after Retry-After seconds', schema: 'Problem' })),
};

function toOperation(route: string, { summary, parameters, body, responses }: Operation): object {
  const open = (OPEN_ROUTES as readonly string[]).includes(route);
  const types = body?.types ?? ['application/json'];
  return {
    summary,
    ...(open && { security: [] }),
    ...(parameters && { parameters }),
    ...(body && {
      requestBody: {
        required: true,
        content: Object.fromEntries(types.map((type) => [type, { schema: component(body.schema) }])),
      },
    }),
    responses: {
      ...Object.fromEntries(Object.entries(responses).map(([status, response]) => [status, toResponse(response)])),
      ...(!open && REFUSALS),
      ...FAILURES,
    },
  };
}

function toPaths(): Record<string, Record<string, object>> {
  const paths: Record<string, Record<string, object>> = {};
  for (const [route, operation] of Object.entries(OPERATIONS)) {
    const [method = '', path = ''] = route.split(' ');
    paths[path] = { ...paths[path], [method.toLowerCase()]: toOperation(route, operation) };
  }
  return paths;
}

/** A merge patch: what clients may set but the id, each field with a value or `null`. */
const AgentPatch = {
  title: 'AgentPatch',
  type: 'object',
  description: 'JSON merge patch of an AgentDocument: null deletes. The result is validated as a whole.',
  properties: Object.fromEntries(CLIENT_FIELDS.filter((field) => field !== 'id').map((field) => [field, {}])),
  additionalProperties: false,
};

/** The API in OpenAPI 3.1, made of the schemas that validate and type it. */
export const API_DOCUMENT = {
  openapi: '3.1.0',
  info: {
    title: 'Agent Registry',
    version: '1.0.0',
    description: 'Register AI agents, and find them by what they can do.',
    license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
  },
  // Each stage has an address of its own, where this document is served; on the local stack there is a path before it.
  servers: [{ url: '/', description: 'The address of the stage: this document is at registry/openapi.json below it.' }],
  security: [{ sigv4: [] }, { jwt: [] }],
  paths: toPaths(),
  components: {
    securitySchemes: {
      sigv4: {
        type: 'apiKey',
        in: 'header',
        name: 'Authorization',
        description: 'AWS Signature Version 4 for the service execute-api; stages with IAM authorisation.',
        'x-amazon-apigateway-authtype': 'awsSigv4',
      },
      jwt: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'Stages with JWT authorisation.' },
    },
    schemas: {
      Agent,
      AgentDocument,
      AgentPatch,
      AgentPage,
      ChangeFeed,
      GatewayMessage: { type: 'object', properties: { message: { type: 'string' } } },
      Health: {
        type: 'object',
        properties: { status: { const: 'ok' } },
        required: ['status'],
        additionalProperties: false,
      },
      JsonSchema: { type: 'object' },
      OpenApi: { type: 'object' },
      Problem: ProblemDocument,
      RegistryStats,
      SearchRequest,
      SearchResult,
    },
  },
};
