import { AGENT_ID, NO_AGENT } from '../agents/api-operations.ts';
import { INVALID, type Operation, TOO_LARGE } from '../shared/http/api-operation.ts';
import { DocumentedBatch, Heartbeat, HeartbeatAnswer, HeartbeatResults } from './beats/heartbeat-schema.ts';
import type { HealthRoute } from './contract.ts';
import { OverrideAnswer, OverrideRequest } from './health-schema.ts';

/** The routes by which agents and operators tell of health. The compiler holds the list against the contract. */
export const HEALTH_OPERATIONS: Readonly<Record<HealthRoute, Operation>> = {
  'POST /registry/agents/{id}/heartbeat': {
    summary: 'Say that an agent is alive, and how it does',
    parameters: [AGENT_ID],
    body: { schema: Heartbeat },
    responses: {
      200: { description: 'Taken', schema: HeartbeatAnswer },
      ...NO_AGENT,
      ...TOO_LARGE,
      ...INVALID,
    },
  },
  'POST /registry/heartbeats': {
    summary: 'Say so of up to a hundred agents; each has a result of its own',
    body: { schema: DocumentedBatch },
    responses: {
      200: { description: 'What became of each', schema: HeartbeatResults },
      ...TOO_LARGE,
      ...INVALID,
    },
  },
  'POST /registry/health/override': {
    summary: 'Have the sweep evict what it holds back, or evict nobody, for a while',
    body: { schema: OverrideRequest },
    responses: {
      200: { description: 'What counts from now on', schema: OverrideAnswer },
      ...TOO_LARGE,
      ...INVALID,
    },
  },
};
