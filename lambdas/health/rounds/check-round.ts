import type { Lease } from '../../agents/lease.ts';
import type { Health } from '../../agents/status.ts';
import type { Clock } from '../../shared/clock.ts';
import type { KeptResults } from '../check-results.ts';
import type { Checker, CheckTarget } from '../checks/checker.ts';
import type { CheckKind } from '../contract.ts';
import type { HealthReports, RoundReport } from '../health-report.ts';
import { type HealthCheckResult, outcomeOf } from '../health-status.ts';
import { checkedBy } from '../judging/vouching.ts';
import { settleAll } from '../settle-all.ts';
import { CheckMemory } from './check-memory.ts';
import type { CheckPageStore } from './check-page-store.ts';
import { pagesFor } from './check-pages.ts';
import { dueTargets } from './due-targets.ts';
import { isSuspicious } from './round-suspicion.ts';
import { type Differing, SettleTurns } from './settle-turns.ts';

/** Milliseconds that a round may hold its lease: whoever is stopped half-way keeps the others waiting for so long. */
export const ROUND_LEASE_MS = 60_000;

/**
 * Milliseconds of a round for asking at most: with those for settling, a round of half a minute ends within it. One of
 * functions is made each minute, at the pace of their control plane. What is not asked comes first in the next round.
 */
const ASKING_MS: Readonly<Record<CheckKind, number>> = { http: 22_000, ecs: 22_000, lambda: 40_000 };

/** Milliseconds at the end of a function's time that are for what follows the asking. */
const LEFT_MS = 10_000;

/** Milliseconds after the time for asking, used up or not, in which agents are still begun to be settled. */
const SETTLING_MS = 5_000;

/** Of the time for settling, what is for those who declare no such check any more: whoever does not work is more urgent. */
const GONE_SHARE = 1 / 4;

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
   * @returns whether its health has changed; `undefined`: it is gone
   */
  readonly settle: (agentId: string, check?: KeptResults) => Promise<{ readonly changed: boolean } | undefined>;
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
  readonly #turns = new SettleTurns();

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
      return await this.#run(deadline);
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
    const askUntil = Math.min(deadline - LEFT_MS, begun + ASKING_MS[checker.kind]);
    const settleUntil = Math.min(deadline, begun + ASKING_MS[checker.kind] + SETTLING_MS);
    const { results, asked } = await this.#ask(targets, memory, askUntil);
    const stored = memory.pages;
    const suspected = await this.#suspects(results, memory);
    const { unsaved, isWhole } = suspected
      ? { unsaved: 0, isWhole: true }
      : await this.#keep(results, targets, memory, settleUntil);
    const report: RoundReport = {
      round: (before?.round ?? 0) + 1,
      at: clock.now(),
      tookMs: clock.now() - begun,
      // Of pages of a new number none may be missing: the old ones are there still.
      pages: isWhole ? memory.pages : stored,
      targets: targets.length,
      results: countOf(results, asked),
      suspected,
      unsaved,
      held: suspected ? results.size : unsaved,
    };
    const isNewest = await reports.saveRound(checker.kind, report);
    // What could not be written, or was overtaken, is read anew by the next round.
    if (isNewest && isWhole) this.#held = { round: report.round, memory };
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

  /**
   * @param until milliseconds since the epoch from which on nobody more is settled
   * @returns of how many agents the results were not kept, and whether all pages could be written
   */
  async #keep(results: Results, targets: readonly Watched[], memory: CheckMemory, until: number) {
    const { clock, onFailure } = this.#props;
    const now = clock.now();
    await this.#forget(targets, memory, now + (until - now) * GONE_SHARE);
    for (const result of results.values()) memory.record(result);
    const stored = memory.pages;
    const pages = pagesFor(targets.length, stored);
    if (pages !== stored) await memory.resize(pages);
    const { isSaved, failures } = await memory.save(clock.now());
    for (const error of failures) onFailure?.('writing a page', error);
    const isWhole = failures.length === 0;
    // Where pages of a new number are missing, all that is found the next time is what the old ones hold.
    const isKept = (agentId: string): boolean => isWhole || (pages === stored && isSaved(agentId));
    await this.#settleDiffering(
      targets.filter(({ agentId }) => isKept(agentId)),
      memory,
      until,
    );
    return { unsaved: [...results.keys()].filter((agentId) => !isKept(agentId)).length, isWhole };
  }

  /** Those that declare no such check any more are judged without it; of whom that fails, what is known is kept till then. */
  async #forget(targets: readonly Watched[], memory: CheckMemory, until: number): Promise<void> {
    const { clock, settle, onFailure } = this.#props;
    const living = new Set(targets.map(({ agentId }) => agentId));
    const gone = [...memory.all()].filter(({ agentId }) => !living.has(agentId));
    await settleAll(
      gone,
      async ({ agentId }) => {
        await settle(agentId);
        memory.forget(agentId);
      },
      { clock, until, onFailure },
    );
  }

  async #settleDiffering(targets: readonly Watched[], memory: CheckMemory, until: number): Promise<void> {
    const { clock, settle, onFailure } = this.#props;
    const turns = this.#turns.next(targets.flatMap((target) => this.#differing(target, memory)));
    await settleAll(
      turns,
      async (one) => {
        this.#turns.reached(one.agentId);
        const settled = await settle(one.agentId, memory.get(one.agentId));
        if (!settled?.changed) this.#turns.inVain(one, clock.now());
      },
      { clock, until, onFailure },
    );
  }

  #differing({ agentId, health, check }: Watched, memory: CheckMemory): Differing[] {
    const checked = checkedBy({ healthCheck: check }, memory.get(agentId), this.#props.clock.now());
    const verdict = checked?.verdict.health ?? 'unknown';
    return verdict === 'unknown' || verdict === health ? [] : [{ agentId, health, verdict }];
  }
}
