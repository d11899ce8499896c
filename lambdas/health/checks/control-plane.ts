import { type Clock, systemClock } from '../../shared/clock.ts';
import { logger } from '../../shared/telemetry.ts';
import type { CheckKind } from '../contract.ts';
import type { OwnAccount } from './own-account.ts';
import { type Permits, parsePermitted } from './permitted.ts';
import type { TellUnasked } from './unasked.ts';

/** What a check that asks a control plane of AWS works with, whichever it is. */
export interface ControlPlaneProps {
  readonly permits: Permits;
  readonly own: OwnAccount;
  readonly clock: Clock;
  readonly onUnasked: TellUnasked;
}

/**
 * @param account the one in which the function runs
 * @param permitted what may be asked about, as {@link parsePermitted} reads it. Default: nothing
 * @throws Error where that would permit everything
 */
export const controlPlane = (kind: CheckKind, account: string, permitted?: string): ControlPlaneProps => ({
  permits: parsePermitted(permitted),
  // Lambda tells each function its region.
  own: { account, region: process.env.AWS_REGION ?? '' },
  clock: systemClock,
  onUnasked: (agents) => logger.info('Some agents were not asked after', { kind, agents }),
});
