import { WRITE_OPERATIONS } from '../agents/api-operations.ts';
import type { WriteRoute } from '../agents/contract.ts';
import { READ_OPERATIONS } from '../capability/api-operations.ts';
import type { ReadRoute } from '../capability/contract.ts';
import { DISCOVERY_OPERATIONS } from '../discovery/api-operations.ts';
import type { DiscoveryRoute } from '../discovery/contract.ts';
import { HEALTH_OPERATIONS } from '../health/api-operations.ts';
import type { HealthRoute } from '../health/contract.ts';
import { type Operation, type OperationResponse, problem } from '../shared/http/api-operation.ts';
import { ProblemDocument } from '../shared/http/problem-schema.ts';
import { OPEN_OPERATIONS } from './api-operations.ts';
import type { OpenRoute } from './contract.ts';

type DocumentedRoute = WriteRoute | ReadRoute | DiscoveryRoute | HealthRoute | OpenRoute;

/** Every route, as `METHOD /path`. The compiler holds the list against the contracts. */
const OPERATIONS: Readonly<Record<DocumentedRoute, Operation>> = {
  ...WRITE_OPERATIONS,
  ...READ_OPERATIONS,
  ...DISCOVERY_OPERATIONS,
  ...HEALTH_OPERATIONS,
  ...OPEN_OPERATIONS,
};

/** Schemas by the names under which the document lists them. */
type Components = Map<string, object>;

/** Where a schema is listed; lists it if it is not yet. Throws Error where it has no name, or one that another has. */
function reference(components: Components, schema: object): { readonly $ref: string } {
  const { title } = schema as { readonly title?: string };
  if (title === undefined) throw new Error(`A schema has no title: ${JSON.stringify(schema).slice(0, 100)}`);
  if ((components.get(title) ?? schema) !== schema) throw new Error(`There are two schemas called ${title}.`);
  components.set(title, schema);
  return { $ref: `#/components/schemas/${title}` };
}

/** A response object of OpenAPI. */
interface Response {
  readonly description: string;
  readonly headers?: object;
  readonly content?: Readonly<Record<string, { readonly schema: object }>>;
}

/** `others`: further bodies that may come with it. */
function toResponse(
  components: Components,
  { description, schema, headers }: OperationResponse,
  others: readonly object[] = [],
): Response {
  if (schema === undefined) return { description };
  const bodies = [schema, ...others].map((one) => [
    one === ProblemDocument ? 'application/problem+json' : 'application/json',
    { schema: reference(components, one) },
  ]);
  return { description, ...(headers && { headers }), content: Object.fromEntries(bodies) };
}

const toResponses = (components: Components, responses: Operation['responses'], others?: readonly object[]) =>
  Object.fromEntries(
    Object.entries(responses).map(([status, response]) => [status, toResponse(components, response, others)]),
  );

const GatewayMessage = { title: 'GatewayMessage', type: 'object', properties: { message: { type: 'string' } } };

/** What the gateway itself refuses, in its own words and not in a problem document. */
const REFUSALS = {
  401: { description: 'Not signed in', schema: GatewayMessage },
  403: { description: 'Not allowed', schema: GatewayMessage },
};
const BUSY = { 429: { description: 'Too many requests: try again later', schema: GatewayMessage } };

/** What may happen to any request: we tell it, or the gateway does in our place. */
const FAILURES = {
  500: problem('The registry failed'),
  503: problem('Busy: try again after Retry-After seconds'),
};

function toBody(
  components: Components,
  { schema, types = ['application/json'], optional }: Required<Operation>['body'],
) {
  const media = { schema: reference(components, schema) };
  return { required: optional !== true, content: Object.fromEntries(types.map((type) => [type, media])) };
}

function toOperation(components: Components, operation: Operation, open: boolean): object {
  const { summary, parameters, body, responses } = operation;
  return {
    summary,
    ...(open && { security: [] }),
    ...(parameters && { parameters }),
    ...(body && { requestBody: toBody(components, body) }),
    responses: {
      ...toResponses(components, responses),
      ...(!open && toResponses(components, REFUSALS)),
      ...toResponses(components, BUSY),
      ...toResponses(components, FAILURES, [GatewayMessage]),
    },
  };
}

function toPaths(components: Components): Record<string, Record<string, object>> {
  const paths: Record<string, Record<string, object>> = {};
  for (const [route, operation] of Object.entries(OPERATIONS)) {
    const [method = '', path = ''] = route.split(' ');
    const described = toOperation(components, operation, Object.hasOwn(OPEN_OPERATIONS, route));
    paths[path] = { ...paths[path], [method.toLowerCase()]: described };
  }
  return paths;
}

const components: Components = new Map();
const paths = toPaths(components);

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
  paths,
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
    schemas: Object.fromEntries([...components].sort(([a], [b]) => (a < b ? -1 : 1))),
  },
};
