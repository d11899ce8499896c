import { PUBLISHED_SCHEMAS } from '../agents/published-schemas.ts';
import { found, inPath, type Operation, problem } from '../shared/http/api-operation.ts';
import type { OpenRoute } from './contract.ts';

const Health = {
  title: 'Health',
  type: 'object',
  properties: { status: { const: 'ok' } },
  required: ['status'],
  additionalProperties: false,
};
const OpenApi = { title: 'OpenApi', type: 'object' };
const JsonSchema = { title: 'JsonSchema', type: 'object' };

const SCHEMA_NAME = { type: 'string', enum: Object.keys(PUBLISHED_SCHEMAS).map((name) => `${name}.json`) };

/** The routes that anybody may call. The compiler holds the list against the contract. */
export const OPEN_OPERATIONS: Readonly<Record<OpenRoute, Operation>> = {
  'GET /health': { summary: 'Whether the API answers', responses: found(Health, 'It does') },
  'GET /registry/openapi.json': { summary: 'This document', responses: found(OpenApi, 'OpenAPI 3.1') },
  'GET /registry/schemas/{name}': {
    summary: 'A published JSON Schema',
    parameters: [inPath('name', SCHEMA_NAME)],
    responses: { ...found(JsonSchema, 'The schema'), 404: problem('No such schema') },
  },
};
