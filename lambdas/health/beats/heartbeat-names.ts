import { isObject } from '../../agents/merge.ts';
import { renamed } from '../../agents/spec-names.ts';
import { type FieldError, ValidationError } from '../../shared/errors.ts';

/** The first specification's names of a heartbeat beside the contract's, and those in its `health`. */
const NAMES = { agent_id: 'agentId', agent_type: 'agentType', ttl_seconds: 'ttlSeconds' } as const;
const HEALTH_NAMES = { last_check: 'lastCheck' } as const;

/**
 * A heartbeat in the contract's names.
 *
 * @throws ValidationError where both spellings of one field say different things
 */
export function toHeartbeatNames(sent: unknown): unknown {
  if (!isObject(sent)) return sent;
  const errors: FieldError[] = [];
  const heartbeat = renamed(sent, NAMES, '', errors);
  const { health } = heartbeat;
  const named = isObject(health)
    ? { ...heartbeat, health: renamed(health, HEALTH_NAMES, 'health', errors) }
    : heartbeat;
  if (errors.length > 0) throw new ValidationError(errors);
  return named;
}

/** Whose heartbeat it is, in either spelling; `undefined`: it does not say. */
export function agentIdIn(sent: unknown): string | undefined {
  if (!isObject(sent)) return undefined;
  return [sent.agentId, sent.agent_id].find((id) => typeof id === 'string') as string | undefined;
}
