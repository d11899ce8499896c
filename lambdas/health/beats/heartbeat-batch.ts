import pMap from 'p-map';
import { validateAgentId } from '../../agents/agent-id.ts';
import { RegistryError, UnavailableError, ValidationError } from '../../shared/errors.ts';
import { logger } from '../../shared/telemetry.ts';
import { toValidator } from '../../shared/validator.ts';
import { toldBy, validateHeartbeat } from './heartbeat.ts';
import { heartbeatBatch } from './heartbeat-batch.generated.ts';
import { agentIdIn } from './heartbeat-names.ts';
import type { HeartbeatBatch, HeartbeatResult, HeartbeatResults } from './heartbeat-schema.ts';
import { type BeatContext, takeHeartbeat } from './take-heartbeat.ts';

/** Agents whose heartbeats are taken at once. */
const CONCURRENCY = 16;

/** Holds a batch against its schema, but for what each entry says. Throws ValidationError. */
export const parseBatch = toValidator<HeartbeatBatch>(heartbeatBatch);

interface Entry {
  /** Its place in the batch. */
  readonly index: number;
  readonly agentId: string | undefined;
  readonly value: unknown;
}

const entryOf = (value: unknown, index: number): Entry => ({ index, agentId: agentIdIn(value), value });

/** What an entry ends with for which nobody expected what went wrong: the others are not sent again because of it. */
function unexpected(agentId: string | null, error: unknown): RegistryError {
  logger.error('Unexpected error with one heartbeat of a batch', { agentId, error });
  return new UnavailableError('The heartbeat could not be taken.');
}

/** What an entry ends with that could not be taken. */
function refusal(agentId: string | null, error: unknown): HeartbeatResult {
  const told = error instanceof RegistryError ? error : unexpected(agentId, error);
  const { status, message: detail, errors } = told;
  return {
    agentId,
    status: status as HeartbeatResult['status'],
    error: { detail, ...(errors.length > 0 && { errors: [...errors] }) },
  };
}

async function take(context: BeatContext, { agentId, value }: Entry): Promise<HeartbeatResult> {
  try {
    const told = toldBy(validateHeartbeat(value));
    if (agentId === undefined) throw ValidationError.of('agentId', 'required', 'is required');
    return { status: 200, ...(await takeHeartbeat(context, validateAgentId(agentId), told)) };
  } catch (error) {
    return refusal(agentId ?? null, error);
  }
}

/** Takes each heartbeat of a batch by itself: none stands in another's way. Those of one agent are taken in their order. */
export async function takeBatch(context: BeatContext, { heartbeats }: HeartbeatBatch): Promise<HeartbeatResults> {
  const byAgent = Map.groupBy(heartbeats.map(entryOf), ({ agentId, index }) => agentId ?? index);
  const results: HeartbeatResult[] = [];
  await pMap(
    byAgent.values(),
    async (entries) => {
      for (const entry of entries) results[entry.index] = await take(context, entry);
    },
    { concurrency: CONCURRENCY },
  );
  return { results };
}
