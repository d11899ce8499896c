import { AgentLayers } from '../agents/agent-layers-schema.ts';
import { Agent } from '../agents/agent-view.ts';
import { AGENT_HEADERS, AGENT_ID, NO_AGENT } from '../agents/api-operations.ts';
import { ChangeFeed } from '../agents/change-feed-schema.ts';
import { STATES, STATUSES } from '../agents/status.ts';
import { AgentHealth, FleetHealth } from '../health/health-schema.ts';
import {
  found,
  headerOf,
  IF_NONE_MATCH,
  INVALID,
  inQuery,
  type Operation,
  problem,
  TEXT,
  TOO_LARGE,
} from '../shared/http/api-operation.ts';
import type { ReadRoute } from './contract.ts';
import { MIN_REVISION_PATTERN } from './min-revision.ts';
import { AgentPage } from './search/list-schema.ts';
import { SearchRequest, SearchResult } from './search/search-schema.ts';
import { RegistryStats } from './search/stats-schema.ts';

const words = (of: string) => `${of}; several separated by commas must all hold.`;

const oneStatus = `(${[...STATUSES, ...STATES].join('|')})`;
const STATUS_WORDS = { type: 'string', pattern: `^${oneStatus}(,${oneStatus})*$` };

/** Goes with whatever the index answers. */
const INDEX_AGE = { 'Registry-Index-Age': headerOf('Milliseconds since the index was up to date.', 'integer') };

const fromIndex = (schema: object, description: string) => found(schema, description, INDEX_AGE);

/** Goes with whatever is asked of the index. */
const MIN_REVISION = inQuery(
  'minRevision',
  { type: 'string', pattern: MIN_REVISION_PATTERN },
  'agentId:revision, a write that the answer has to know: it is waited for, and 503 tells that it did not come.',
);

/** The routes that read the registry. The compiler holds the list against the contract. */
export const READ_OPERATIONS: Readonly<Record<ReadRoute, Operation>> = {
  'GET /registry/agents/{id}': {
    summary: 'One agent, read consistently',
    parameters: [AGENT_ID, IF_NONE_MATCH],
    responses: { ...found(Agent, 'The agent', AGENT_HEADERS), ...NO_AGENT, ...INVALID },
  },
  'GET /registry/agents/{id}/layers': {
    summary: 'What each source says of an agent, and whose word each of its fields is; read consistently',
    parameters: [AGENT_ID, IF_NONE_MATCH],
    responses: { ...found(AgentLayers, 'Its layers, the lowest first'), ...NO_AGENT, ...INVALID },
  },
  'GET /registry/agents/{id}/health': {
    summary: 'How an agent has done of late, by its heartbeats and its check; read consistently',
    parameters: [AGENT_ID, IF_NONE_MATCH],
    responses: { ...found(AgentHealth, 'Its health, and what it follows from'), ...NO_AGENT, ...INVALID },
  },
  'GET /registry/agents': {
    summary: 'List agents in the order of their ids',
    parameters: [
      inQuery('status', STATUS_WORDS, words('Either vocabulary of status')),
      inQuery('state', STATUS_WORDS, 'The same vocabularies as status.'),
      inQuery('type', TEXT, 'The type of agent.'),
      inQuery('priority', { type: 'integer', minimum: 1, maximum: 10 }, 'At least this priority.'),
      inQuery('tools', TEXT, words('Tools that the agent lists, exact or `prefix*`, or all by `*`')),
      inQuery('capability', TEXT, words('Core capabilities and enhancements')),
      inQuery('domain', TEXT, words('Domains')),
      inQuery('action', TEXT, words('Actions')),
      inQuery('limit', { type: 'integer', minimum: 1, maximum: 500, default: 50 }, 'Agents on a page.'),
      inQuery('offset', { type: 'integer', minimum: 0, maximum: 10_000 }, 'Agents to pass over; not with cursor.'),
      inQuery('cursor', TEXT, 'nextCursor of the page before, with the same filters.'),
      MIN_REVISION,
      IF_NONE_MATCH,
    ],
    responses: { ...fromIndex(AgentPage, 'A page'), ...INVALID },
  },
  'POST /registry/search': {
    summary: 'Find agents by what they can do, what they say of themselves, and how they are',
    body: { schema: SearchRequest },
    responses: {
      200: { description: 'A page', schema: SearchResult, headers: INDEX_AGE },
      ...TOO_LARGE,
      ...INVALID,
    },
  },
  'GET /registry/stats': {
    summary: 'Statistics of the registry',
    parameters: [MIN_REVISION, IF_NONE_MATCH],
    responses: { ...fromIndex(RegistryStats, 'Counts and distributions'), ...INVALID },
  },
  'GET /registry/health': {
    summary: 'How the fleet does, and those who watch over it',
    parameters: [MIN_REVISION, IF_NONE_MATCH],
    responses: { ...fromIndex(FleetHealth, 'Who is not well, and what checks and sweep found'), ...INVALID },
  },
  'GET /registry/changes': {
    summary: 'Follow the changes, at least once',
    parameters: [
      inQuery('since', TEXT, 'A cursor of this feed; absent: the oldest that is kept.'),
      inQuery('limit', { type: 'integer', minimum: 1, maximum: 1_000, default: 100 }, 'Changes at most.'),
      IF_NONE_MATCH,
    ],
    responses: {
      ...found(ChangeFeed, 'Settled changes, oldest first'),
      410: problem('The cursor is older than what is kept'),
      ...INVALID,
    },
  },
};
