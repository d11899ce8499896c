import { type FieldError, ValidationError } from '../../shared/errors.ts';
import { toValidator } from '../../shared/validator.ts';
import type { BeatCheck, SaidBeat } from './beat.ts';
import { heartbeat as compiledHeartbeat } from './heartbeat.generated.ts';
import { isMetric, MAX_METRICS, MAX_TOLD_BYTES, TTL_SECONDS } from './heartbeat-bounds.ts';
import { toHeartbeatNames } from './heartbeat-names.ts';
import type { Heartbeat } from './heartbeat-schema.ts';
import { itemBytes } from './item-bytes.ts';

/** What a beat says, as it is kept; its stamp is given to it when it is written. */
export type ToldBeat = Omit<SaidBeat, 'at'>;

/** Characters of a check's message that are kept. */
const MAX_MESSAGE = 100;

/** Decimal places of a metric that are kept: a double of fewer digits takes fewer bytes. */
const PLACES = 6;

const fitting = toValidator<Heartbeat>(compiledHeartbeat);

/** Holds a heartbeat against its schema, in either spelling. Throws ValidationError naming every field that breaks a rule. */
export const validateHeartbeat = (sent: unknown): Heartbeat => fitting(toHeartbeatNames(sent));

/** @throws ValidationError where there are too many */
function keptMetrics(metrics: Readonly<Record<string, unknown>>): Readonly<Record<string, number>> {
  const kept = Object.entries(metrics).filter((entry): entry is [string, number] => isMetric(entry[1]));
  if (kept.length > MAX_METRICS) {
    throw ValidationError.of('metrics', 'maxProperties', `must NOT have more than ${MAX_METRICS} numbers`);
  }
  // The table has no -0, and a beat is known again by all that it says.
  return Object.fromEntries(kept.map(([name, value]) => [name, Number(value.toFixed(PLACES)) + 0]));
}

const keptCheck = ({ name, status, message }: BeatCheck): BeatCheck => ({
  name,
  status,
  ...(message !== undefined && { message: message.slice(0, MAX_MESSAGE).toWellFormed() }),
});

/** @throws ValidationError that names what takes most of the room */
function assertFits({ metrics = {}, checks = [] }: ToldBeat): void {
  const sizes = { metrics: itemBytes(metrics), 'health.checks': itemBytes(checks) };
  if (sizes.metrics + sizes['health.checks'] <= MAX_TOLD_BYTES) return;
  const field = sizes.metrics > sizes['health.checks'] ? 'metrics' : 'health.checks';
  const message = `takes ${sizes[field]} bytes; metrics and checks together may have ${MAX_TOLD_BYTES}`;
  throw new ValidationError([{ field, rule: 'maxBytes', message } satisfies FieldError]);
}

/**
 * What is kept of a valid heartbeat.
 *
 * @throws ValidationError where it has more metrics than are kept, or is larger than one write unit holds
 */
export function toldBy({ status, ttlSeconds = TTL_SECONDS.default, metrics, health }: Heartbeat): ToldBeat {
  const told: ToldBeat = {
    status,
    ttl: ttlSeconds,
    ...(metrics && { metrics: keptMetrics(metrics) }),
    ...(health?.checks && { checks: health.checks.map(keptCheck) }),
  };
  assertFits(told);
  return told;
}
