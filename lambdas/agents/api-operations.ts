import {
  headerOf,
  INVALID,
  inHeader,
  inPath,
  inQuery,
  type Operation,
  problem,
  TOO_LARGE,
} from '../shared/http/api-operation.ts';
import { CLIENT_FIELDS, ID_PATTERN } from './agent-fields.ts';
import { AgentDocument } from './agent-schema.ts';
import { Agent } from './agent-view.ts';
import type { WriteRoute } from './contract.ts';

/** The agent of a route, in its path. */
export const AGENT_ID = inPath('id', { type: 'string', pattern: ID_PATTERN });

/** One or more entity tags, or `*`. */
export const ETAGS = '^(\\*|(W/)?"[^"]*"(, *(W/)?"[^"]*")*)$';

const IF_MATCH = inHeader('If-Match', 'ETags of the agent; only their revisions count.', ETAGS);
const FLAG = { type: 'string', enum: ['true', 'false'] };
export const AGENT_HEADERS = { ETag: headerOf('"r{revision}-{hash of the live fields}"') };

const theAgent = (description: string) => ({ description, schema: Agent, headers: AGENT_HEADERS });
const changed = { 412: problem('The agent has another revision') };

export const NO_AGENT = { 404: problem('There is no such agent') } as const;

/** A merge patch: what clients may set but the id, each field with a value or `null`. */
const AgentPatch = {
  title: 'AgentPatch',
  type: 'object',
  description: 'JSON merge patch of an AgentDocument: null deletes. The result is validated as a whole.',
  properties: Object.fromEntries(CLIENT_FIELDS.filter((field) => field !== 'id').map((field) => [field, {}])),
  additionalProperties: false,
};

/** The routes that change agents. The compiler holds the list against the contract. */
export const WRITE_OPERATIONS: Readonly<Record<WriteRoute, Operation>> = {
  'POST /registry/agents': {
    summary: "Register an agent; the first specification's names (agent_id, mcp_servers, …) are taken as well",
    parameters: [inHeader('Idempotency-Key', 'A repeat gets the same answer.', '^[ -~]{1,255}$')],
    body: { schema: AgentDocument },
    responses: {
      201: theAgent('Registered'),
      200: theAgent('Merged into the agent that held the id or name'),
      409: problem('The id or name is taken'),
      422: problem('The Idempotency-Key was used for another body'),
      ...TOO_LARGE,
      ...INVALID,
    },
  },
  'PUT /registry/agents/{id}': {
    summary: 'Change an agent by a JSON merge patch (RFC 7396)',
    parameters: [AGENT_ID, IF_MATCH],
    body: { schema: AgentPatch, types: ['application/json', 'application/merge-patch+json'] },
    responses: {
      200: theAgent('The agent after the change'),
      409: problem('The name is taken'),
      ...NO_AGENT,
      ...changed,
      ...TOO_LARGE,
      ...INVALID,
    },
  },
  'DELETE /registry/agents/{id}': {
    summary: 'Deregister an agent',
    parameters: [
      AGENT_ID,
      IF_MATCH,
      inQuery('force', FLAG, 'Recorded as the reason.'),
      inQuery('migrateTasks', FLAG, 'Accepted.'),
    ],
    responses: { 204: { description: 'Gone' }, ...NO_AGENT, ...changed, ...INVALID },
  },
};
