import type { Health } from '../agents/status.ts';
import { isoTime } from '../shared/clock.ts';
import { CHECK_KINDS, type CheckKind } from './contract.ts';
import type { HealthReports, RoundReport, SweepReport } from './health-report.ts';
import type { FleetHealth } from './health-schema.ts';
import { toldOverride } from './override.ts';

/** How those are doing who watch over the fleet. */
type Watch = Pick<FleetHealth, 'checks' | 'sweep' | 'override'>;

/** Agents that are told of by name: nobody reads more of them, and a fleet that is down has thousands. */
export const MAX_TOLD = 100;

/** Whom to tell of first. */
export const WORST: readonly Health[] = ['unhealthy', 'degraded'];

const toldRound = ({ at, pages: _pages, ...report }: RoundReport) => ({ ...report, at: isoTime(at) });

const toldSweep = ({ at, recentEvictions: _recent, ...report }: SweepReport) => ({ ...report, at: isoTime(at) });

/**
 * What rounds and sweep last told of themselves, and an operator's word where one counts.
 *
 * @param now milliseconds since the epoch
 * @throws StoreBusyError
 */
export async function readWatch(reports: HealthReports, now: number): Promise<Watch> {
  const roundOf = async (kind: CheckKind) => {
    const round = await reports.round(kind);
    return [kind, round ? toldRound(round) : null] as const;
  };
  const [rounds, sweep, override] = await Promise.all([
    Promise.all(CHECK_KINDS.map(roundOf)),
    reports.sweep(),
    reports.override(now),
  ]);
  return {
    checks: Object.fromEntries(rounds) as Watch['checks'],
    sweep: sweep ? toldSweep(sweep) : null,
    override: override ? toldOverride(override) : null,
  };
}
