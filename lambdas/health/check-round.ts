import pMap from 'p-map';
import type { Lease } from '../agents/lease.ts';
import type { Health } from '../agents/status.ts';
import type { Clock } from '../shared/clock.ts';
import { CheckMemory } from './check-memory.ts';
import type { CheckPageStore } from './check-page-store.ts';
import { pagesFor } from './check-pages.ts';
import type { KeptResults } from './check-results.ts';
import type { Checker, CheckTarget } from './checks/checker.ts';
import { dueTargets } from './due-targets.ts';
import type { HealthReports, RoundReport } from './health-report.ts';
import { type HealthCheckResult, outcomeOf } from './health-status.ts';
import { isSuspicious } from './round-suspicion.ts';
import { checkedBy } from './vouching.ts';

/** Milliseconds that a round may hold its lease: whoever is stopped half-way keeps the others waiting for so long. */
export const ROUND_LEASE_MS = 60_000;

/** Milliseconds of a round for asking at most, and those at its end that are for what follows. */
const ASKING_MS = { most: 40_000, left: 10_000 } as const;

/** Agents that are settled at once. */
const SETTLED_AT_ONCE = 16;

/** An agent that declares a check of the kind, as the registry knows it now. */
export interface Watched extends CheckTarget {
  readonly health: Health;
}

type Results = ReadonlyMap<string, HealthCheckResult>;

export interface CheckRoundProps {
  readonly checker: Checker;
  readonly lease: Lease;
  readonly clock: Clock;
  readonly pages: CheckPageStore;
  readonly reports: Pick<HealthReports, 'round' | 'saveRound' | 'override'>;
  /** All agents that declare a check of the kind. */
  readonly watched: () => Promise<readonly Watched[]>;
  /**
   * Has an agent judged anew; of one that is gone nothing comes.
   *
   * @param check what its check found; absent: it declares none of this kind any more
   */
  readonly settle: (agentId: string, check?: KeptResults) => Promise<unknown>;
  /** Told of what failed for some agents; the next round repairs it. */
  readonly onFailure?: (what: string, error: unknown) => void;
}

const countOf = (results: Results, asked: number): RoundReport['results'] => {
  const counts = { passed: 0, partial: 0, failed: 0, unasked: asked - results.size };
  for (const result of results.values()) counts[outcomeOf(result)] += 1;
  return counts;
};

/**
 * One kind of check for the whole fleet: asks whoever is due, keeps what was found in pages, and has those judged anew
 * of whom it says something else than the registry. A warm one reads no pages while nobody else has written any.
 */
export class CheckRound {
  readonly #props: CheckRoundProps;
  /** What the newest round left, if that was one of ours and went well. */
  #held: { readonly round: number; readonly memory: CheckMemory } | undefined;
  /** When an agent was last to be asked: milliseconds since the epoch. */
  #tried = new Map<string, number>();

  constructor(props: CheckRoundProps) {
    this.#props = props;
  }

  /**
   * @param deadline milliseconds since the epoch at which it must have come to its end
   * @returns `undefined`: another one is under way
   * @throws StoreBusyError when what is to be known first cannot be read
   */
  async run(deadline: number): Promise<RoundReport | undefined> {
    const { lease, clock } = this.#props;
    if (!(await lease.take(clock.now()))) return undefined;
    try {
      return await this.#run(Math.min(deadline, clock.now() + ROUND_LEASE_MS));
    } finally {
      await lease.release().catch((error: unknown) => this.#props.onFailure?.('releasing the lease', error));
    }
  }

  async #run(deadline: number): Promise<RoundReport> {
    const { clock, checker, reports, watched } = this.#props;
    const begun = clock.now();
    const before = await reports.round(checker.kind);
    const targets = await watched();
    const memory = await this.#memory(before, targets.length);
    const { results, asked } = await this.#ask(
      targets,
      memory,
      Math.min(deadline - ASKING_MS.left, begun + ASKING_MS.most),
    );
    const stored = memory.pages;
    const suspected = await this.#suspects(results, memory);
    const failures = suspected ? 0 : await this.#keep(results, targets, memory, deadline);
    const report: RoundReport = {
      round: (before?.round ?? 0) + 1,
      at: clock.now(),
      tookMs: clock.now() - begun,
      // Of pages of a new number none may be missing: the old ones are there still.
      pages: failures === 0 ? memory.pages : stored,
      targets: targets.length,
      results: countOf(results, asked),
      suspected,
      held: suspected ? results.size : 0,
    };
    const isNewest = await reports.saveRound(checker.kind, report);
    // What could not be written, or was overtaken, is read anew by the next round.
    if (isNewest && failures === 0) this.#held = { round: report.round, memory };
    return report;
  }

  /** Taken out until the round has gone well: what a failure leaves behind is not what is stored. */
  async #memory(before: RoundReport | undefined, targets: number): Promise<CheckMemory> {
    const { checker, pages } = this.#props;
    const held = this.#held;
    this.#held = undefined;
    const isNewest = held !== undefined && held.round === before?.round && held.memory.pages === before.pages;
    // Somebody may have ended between pages and report: what he wrote is found when it is written over, or else by reading.
    if (isNewest && pagesFor(targets, before.pages) === before.pages) return held.memory;
    return CheckMemory.read(pages, checker.kind, before?.pages ?? pagesFor(targets));
  }

  async #ask(targets: readonly Watched[], memory: CheckMemory, deadline: number) {
    const now = this.#props.clock.now();
    const due = dueTargets(
      targets,
      (agentId) => memory.get(agentId),
      (agentId) => this.#tried.get(agentId),
      now,
    );
    const living = new Set(targets.map(({ agentId }) => agentId));
    this.#tried = new Map([...this.#tried].filter(([agentId]) => living.has(agentId)));
    for (const { agentId } of due) this.#tried.set(agentId, now);
    const results: Results = due.length > 0 ? await this.#props.checker.check(due, deadline) : new Map();
    return { results, asked: due.length };
  }

  /** An operator who says that the fleet is down, and not its checker, is believed. */
  async #suspects(results: Results, memory: CheckMemory): Promise<boolean> {
    if (!isSuspicious(results.values(), (agentId) => memory.get(agentId))) return false;
    const override = await this.#props.reports.override(this.#props.clock.now());
    return override?.mode !== 'evict';
  }

  /** @returns how many pages could not be written */
  async #keep(results: Results, targets: readonly Watched[], memory: CheckMemory, deadline: number): Promise<number> {
    const { clock, onFailure } = this.#props;
    await this.#forget(targets, memory, deadline);
    for (const result of results.values()) memory.record(result);
    const pages = pagesFor(targets.length, memory.pages);
    if (pages !== memory.pages) await memory.resize(pages);
    const { isSaved, failures } = await memory.save(clock.now());
    for (const error of failures) onFailure?.('writing a page', error);
    // What the others would not find when they look must not be acted upon.
    const differing = targets.filter((target) => isSaved(target.agentId) && this.#differs(target, memory));
    await this.#settleAll(
      differing.map(({ agentId }) => agentId),
      (agentId) => memory.get(agentId),
      deadline,
    );
    return failures.length;
  }

  /** Those that declare no such check any more are judged without it; of whom that fails, what is known is kept till then. */
  async #forget(targets: readonly Watched[], memory: CheckMemory, deadline: number): Promise<void> {
    const living = new Set(targets.map(({ agentId }) => agentId));
    const gone = [...memory.all()].map(({ agentId }) => agentId).filter((agentId) => !living.has(agentId));
    for (const agentId of await this.#settleAll(gone, () => undefined, deadline)) memory.forget(agentId);
  }

  #differs({ agentId, health, check }: Watched, memory: CheckMemory): boolean {
    const checked = checkedBy({ healthCheck: check }, memory.get(agentId), this.#props.clock.now());
    return checked !== undefined && checked.verdict.health !== 'unknown' && checked.verdict.health !== health;
  }

  /** @returns those for whom it went well; nobody is begun with after the deadline */
  async #settleAll(
    agentIds: readonly string[],
    check: (agentId: string) => KeptResults | undefined,
    deadline: number,
  ): Promise<string[]> {
    const { clock, settle, onFailure } = this.#props;
    const settled: string[] = [];
    const one = async (agentId: string): Promise<void> => {
      if (clock.now() >= deadline) return;
      try {
        await settle(agentId, check(agentId));
        settled.push(agentId);
      } catch (error) {
        onFailure?.(`settling ${agentId}`, error);
      }
    };
    await pMap(agentIds, one, { concurrency: SETTLED_AT_ONCE });
    return settled;
  }
}
