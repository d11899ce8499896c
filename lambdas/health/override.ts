import { type Clock, isoTime } from '../shared/clock.ts';
import { ValidationError } from '../shared/errors.ts';
import { toValidator } from '../shared/validator.ts';
import { OVERRIDE_SECONDS } from './beats/heartbeat-bounds.ts';
import type { HealthReports, Override } from './health-report.ts';
import type { HealthOverride, OverrideRequest } from './health-schema.ts';
import { overrideRequest } from './override-request.generated.ts';

const validate = toValidator<OverrideRequest>(overrideRequest);

/** What is said of a word that counts, and says nothing of one that is taken back. */
const OF_A_WORD = ['seconds', 'reason'] as const;

/** Holds an operator's word against its schema. Throws ValidationError naming every field that breaks a rule. */
export function parseOverride(body: unknown): OverrideRequest {
  const request = validate(body);
  const idle = request.mode === 'auto' ? OF_A_WORD.filter((field) => request[field] !== undefined) : [];
  if (idle.length === 0) return request;
  const message = 'means nothing with auto: the monitor decides by itself from now on';
  throw new ValidationError(idle.map((field) => ({ field, rule: 'unexpected', message })));
}

/** An operator's word as it is told. */
export const toldOverride = ({ until, ...override }: Override): HealthOverride => ({
  ...override,
  until: isoTime(until),
});

/**
 * Sets an operator's word over the monitor's, or takes it back (`auto`).
 *
 * @param actor the verified principal that says so
 * @returns what counts from now on
 */
export async function setOverride(
  { reports, clock }: { readonly reports: Pick<HealthReports, 'saveOverride'>; readonly clock: Clock },
  { mode, seconds = OVERRIDE_SECONDS.default, reason = 'not told' }: OverrideRequest,
  actor: string,
): Promise<Override | undefined> {
  const override = mode === 'auto' ? undefined : { mode, until: clock.now() + seconds * 1_000, actor, reason };
  await reports.saveOverride(override);
  return override;
}
