import { AgentDocument, CLIENT_FIELDS } from '../agents/agent-schema.ts';
import { Agent } from '../agents/agent-view.ts';
import { ChangeFeed } from '../agents/change-feed.ts';
import { ProblemDocument } from '../shared/http/problem-schema.ts';
import { OPERATIONS, type Operation } from './api-operations.ts';
import { OPEN_ROUTES } from './contract.ts';
import { AgentPage } from './list-agents.ts';
import { RegistryStats } from './registry-stats.ts';
import { SearchRequest, SearchResult } from './search-agents.ts';

const component = (name: string) => ({ $ref: `#/components/schemas/${name}` });

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
