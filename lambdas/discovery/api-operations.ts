import { AGENT_ID, ETAGS } from '../agents/api-operations.ts';
import { ServicePage } from '../services/service-page.ts';
import {
  found,
  IF_NONE_MATCH,
  INVALID,
  inHeader,
  inQuery,
  type Operation,
  problem,
  TEXT,
  TOO_LARGE,
} from '../shared/http/api-operation.ts';
import type { DiscoveryRoute } from './contract.ts';
import { LayerAnswer, LayerRequest } from './layer-request.ts';
import { ReloadReport, ReloadRequest, ReloadStatus } from './reload-status.ts';

const IF_MATCH = inHeader('If-Match', 'ETag of the layer, which must be this one still.', ETAGS);
const LAYER_CHANGED = { 412: problem('The layer is another one, or there is one already') };
const NOT_THIS_ORIGIN = { 409: problem('Another file declares the agent, or its name is taken') };

/** The routes that follow the sources. The compiler holds the list against the contract. */
export const DISCOVERY_OPERATIONS: Readonly<Record<DiscoveryRoute, Operation>> = {
  'GET /registry/reload': {
    summary: 'How hot reload is doing: what is refused and why, and removals that wait to be confirmed',
    parameters: [IF_NONE_MATCH],
    responses: { ...found(ReloadStatus, 'Its status, of all sources together and of each'), ...INVALID },
  },
  'POST /registry/reload': {
    summary: 'Poll every source now',
    body: { schema: ReloadRequest, optional: true },
    responses: {
      200: { description: 'What it did, and the status after it', schema: ReloadReport },
      ...TOO_LARGE,
      ...INVALID,
    },
  },
  'PUT /registry/agents/{id}/layers/filesystem': {
    summary: 'Say what a file says of an agent; an agent that is not there yet is registered',
    parameters: [AGENT_ID, IF_MATCH, inHeader('If-None-Match', '`*`: there must be no such layer yet.', '^\\*$')],
    body: { schema: LayerRequest },
    responses: {
      200: { description: 'What became of it', schema: LayerAnswer },
      ...NOT_THIS_ORIGIN,
      ...LAYER_CHANGED,
      ...TOO_LARGE,
      ...INVALID,
    },
  },
  'DELETE /registry/agents/{id}/layers/filesystem': {
    summary: 'Take away what a file said of an agent; what lies below comes to light, or the agent goes',
    parameters: [AGENT_ID, IF_MATCH, { ...inQuery('origin', TEXT, 'The file that the layer is of.'), required: true }],
    responses: {
      204: { description: 'Gone' },
      404: problem('There is no such layer'),
      409: problem('The layer is of another file'),
      ...LAYER_CHANGED,
      ...INVALID,
    },
  },
  'GET /registry/services': {
    summary: 'List the services and MCP servers that agents may depend on, in the order of their ids',
    parameters: [
      inQuery('limit', { type: 'integer', minimum: 1, maximum: 500, default: 100 }, 'Services on a page.'),
      inQuery('cursor', TEXT, 'nextCursor of the page before.'),
      IF_NONE_MATCH,
    ],
    responses: { ...found(ServicePage, 'A page'), ...INVALID },
  },
};
