import { type Clock, isoTime } from '../shared/clock.ts';
import { toValidator } from '../shared/validator.ts';
import type { HealthReports, Override } from './health-report.ts';
import type { HealthOverride, OverrideRequest } from './health-schema.ts';
import { OVERRIDE_SECONDS } from './heartbeat-bounds.ts';
import { overrideRequest } from './override-request.generated.ts';

/** Holds an operator's word against its schema. Throws ValidationError naming every field that breaks a rule. */
export const parseOverride = toValidator<OverrideRequest>(overrideRequest);

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
