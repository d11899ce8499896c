import type { Lease } from '../../agents/lease.ts';
import type { Clock } from '../../shared/clock.ts';
import { CHECK_KINDS } from '../contract.ts';
import type { Fleet } from '../fleet.ts';
import type { HealthMonitor, Settled } from '../health-monitor.ts';
import type { HealthReports, Override, SweepReport } from '../health-report.ts';
import type { Rounds } from '../judging/vouching.ts';
import { settleAll } from '../settle-all.ts';
import { allowanceFor, countOf, withinWindow } from './self-preservation.ts';
import { SweepLooks, type SweepLooksProps } from './sweep-looks.ts';

/** Milliseconds that a sweep may hold its lease: whoever is stopped half-way keeps the others waiting for so long. */
export const SWEEP_LEASE_MS = 60_000;

export interface SweepProps extends Pick<SweepLooksProps, 'beats' | 'checks'> {
  readonly lease: Lease;
  readonly clock: Clock;
  /** All agents as of now. */
  readonly fleet: () => Promise<Fleet>;
  readonly reports: Pick<HealthReports, 'round' | 'sweep' | 'saveSweep' | 'override'>;
  readonly settle: HealthMonitor['settle'];
  /** From 0 up to 1. @default - Math.random */
  readonly random?: () => number;
  /** Told of what failed for some agents; the next sweep repairs it. */
  readonly onFailure?: (what: string, error: unknown) => void;
}

/** What a sweep knows before it evicts. */
interface Known {
  /** Milliseconds since the epoch. */
  readonly begun: number;
  readonly before: SweepReport | undefined;
  readonly mode: Override['mode'] | undefined;
  readonly rounds: Rounds;
}

type Eviction = SweepReport['recentEvictions'][number];

/** Of one whose beats cannot be believed nothing is known afterwards: it counts like one that has gone. */
const isEviction = (outcome: Settled | undefined): boolean =>
  outcome?.changed === true && (outcome.health === 'unhealthy' || outcome.health === 'unknown');

/** Some of the items, each as likely as any other. */
function sample<Item>(items: readonly Item[], count: number, random: () => number): Item[] {
  const left = [...items];
  return Array.from({ length: Math.min(count, left.length) }, () =>
    left.splice(Math.floor(random() * left.length), 1),
  ).flat();
}

/**
 * Looks after the leases of all agents: has those judged anew whose beats say something else than the registry, and
 * evicts those whose beats have stopped, with the discipline of `allowanceFor`. A warm one reads few beats, a cold one all.
 */
export class LeaseSweep {
  readonly #props: SweepProps;
  readonly #looks: SweepLooks;

  constructor(props: SweepProps) {
    const { beats, checks, onFailure } = props;
    this.#props = props;
    this.#looks = new SweepLooks({ beats, checks, onFailure });
  }

  /**
   * @param deadline milliseconds since the epoch after which no further agent is begun with
   * @returns `undefined`: another one is under way
   * @throws StoreBusyError when what is to be known first cannot be read, or what is done not be kept
   */
  async run(deadline: number): Promise<SweepReport | undefined> {
    const { lease, clock, onFailure } = this.#props;
    if (!(await lease.take(clock.now()))) return undefined;
    try {
      return await this.#run(Math.min(deadline, clock.now() + SWEEP_LEASE_MS));
    } finally {
      await lease.release().catch((error: unknown) => onFailure?.('releasing the lease', error));
    }
  }

  async #run(deadline: number): Promise<SweepReport | undefined> {
    const { clock, reports, fleet, settle } = this.#props;
    const begun = clock.now();
    const [agents, before, override, rounds] = await Promise.all([
      fleet(),
      reports.sweep(),
      reports.override(begun),
      this.#rounds(),
    ]);
    await this.#looks.look(agents, begun, rounds);
    const differing = this.#looks.idsOf(({ differs }) => differs);
    await this.#settleAll(differing, (agentId) => settle(agentId), deadline);
    return this.#sweep({ begun, before, mode: override?.mode, rounds }, deadline);
  }

  async #rounds(): Promise<Rounds> {
    const rounds = await Promise.all(CHECK_KINDS.map((kind) => this.#props.reports.round(kind)));
    return Object.fromEntries(CHECK_KINDS.map((kind, n) => [kind, rounds[n]]));
  }

  /**
   * Evicts as many as may be. How many is written down first: whatever becomes of this sweep, the next one counts them,
   * and of two at once only one evicts. They are dated by when the last of them can have been, or was: within any window
   * that ends later there are no more of them than are counted.
   */
  async #sweep({ begun, before, mode, rounds }: Known, deadline: number): Promise<SweepReport | undefined> {
    const { clock, reports, settle, random = Math.random } = this.#props;
    const gone = this.#looks.idsOf(({ lease }) => lease === 'gone');
    const expired = this.#looks.idsOf(({ lease }) => lease === 'waiting').length + gone.length;
    const leased = this.#looks.idsOf(({ lease }) => lease === 'live').length + expired;
    const recent = withinWindow(before?.recentEvictions ?? [], begun);
    const allowance = allowanceFor({ leased, expired, evicted: countOf(recent), ...(mode && { override: mode }) });
    const chosen = sample(gone, allowance.evictions, random);
    const reportOf = (
      after: number | undefined,
      evicted: number,
      settled: number,
      eviction: Eviction,
    ): SweepReport => ({
      // It tells reports apart.
      at: Math.max(clock.now(), (after ?? 0) + 1),
      tookMs: clock.now() - begun,
      leased: leased - evicted,
      expired: expired - evicted,
      evicted,
      preserving: allowance.preserving,
      held: (allowance.preserving ? expired : gone.length) - settled,
      recentEvictions: [...recent, ...(eviction.count > 0 ? [eviction] : [])],
    });
    let after = before?.at;
    if (chosen.length > 0) {
      const intent = reportOf(after, 0, 0, { at: deadline, count: chosen.length });
      if (!(await reports.saveSweep(intent, after))) return undefined;
      after = intent.at;
    }
    const evict = (agentId: string) => settle(agentId, { evict: true, rounds });
    const { settled, failed } = await this.#settleAll(chosen, evict, deadline);
    const evicted = settled.filter(isEviction).length;
    const report = reportOf(after, evicted, settled.length, { at: clock.now(), count: evicted + failed });
    return (await reports.saveSweep(report, after)) ? report : undefined;
  }

  #settleAll(agentIds: readonly string[], settle: (agentId: string) => Promise<Settled | undefined>, until: number) {
    const { clock, onFailure } = this.#props;
    const agents = agentIds.map((agentId) => ({ agentId }));
    return settleAll(agents, ({ agentId }) => settle(agentId), { clock, until, onFailure });
  }
}
