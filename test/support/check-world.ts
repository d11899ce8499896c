import type { Health } from '../../lambdas/agents/status.ts';
import type { KeptResults } from '../../lambdas/health/check-results.ts';
import { type CheckReason, checkResult } from '../../lambdas/health/checks/check-result.ts';
import type { Checker, CheckTarget, DeclaredCheck } from '../../lambdas/health/checks/checker.ts';
import type { CheckKind } from '../../lambdas/health/contract.ts';
import type { HealthReports, Override, RoundReport } from '../../lambdas/health/health-report.ts';
import type { HealthCheckResult } from '../../lambdas/health/health-status.ts';
import { judgeResults } from '../../lambdas/health/judging/judge-results.ts';
import type { CheckPageStore, PagePlace, StoredPage } from '../../lambdas/health/rounds/check-page-store.ts';
import { decodePage, encodePage } from '../../lambdas/health/rounds/check-pages.ts';
import {
  CheckRound,
  type CheckRoundProps,
  ROUND_LEASE_MS,
  type Watched,
} from '../../lambdas/health/rounds/check-round.ts';
import type { Clock } from '../../lambdas/shared/clock.ts';
import { clockAt } from './agents.ts';
import { MemoryLease, MemoryLeaseHolder } from './memory-lease.ts';

/** Pages in memory, as bytes. */
export class MemoryCheckPages implements CheckPageStore {
  readonly #pages = new Map<string, { version: number; kind: CheckKind; bytes: Uint8Array }>();
  reads = 0;
  writes = 0;
  /** Asked before each call takes effect: may throw. */
  hook: (call: 'read' | 'write', place: PagePlace) => void = () => undefined;

  async read(place: PagePlace): Promise<StoredPage | undefined> {
    this.hook('read', place);
    this.reads += 1;
    const held = this.#pages.get(JSON.stringify(place));
    return held && { version: held.version, agents: decodePage(held.kind, held.bytes) };
  }

  async write(place: PagePlace, agents: readonly KeptResults[], version: number, _now?: number): Promise<boolean> {
    this.hook('write', place);
    const key = JSON.stringify(place);
    if ((this.#pages.get(key)?.version ?? 0) !== version) return false;
    this.writes += 1;
    this.#pages.set(key, { version: version + 1, kind: place.kind, bytes: encodePage(agents) });
    return true;
  }

  /** Bytes of all that was written last. */
  sizes(): number[] {
    return [...this.#pages.values()].map(({ bytes }) => bytes.length);
  }
}

/** What rounds tell of themselves, in memory. */
export class MemoryRoundReports implements Pick<HealthReports, 'round' | 'saveRound' | 'override'> {
  report: RoundReport | undefined;
  word: Override | undefined;

  async round(): Promise<RoundReport | undefined> {
    return this.report;
  }

  async saveRound(_kind: CheckKind, report: RoundReport): Promise<boolean> {
    if ((this.report?.round ?? 0) !== report.round - 1) return false;
    this.report = report;
    return true;
  }

  async override(now: number): Promise<Override | undefined> {
    return this.word && this.word.until > now ? this.word : undefined;
  }
}

/** Finds what a test wants it to find. */
export class PlannedChecker implements Checker {
  readonly kind: CheckKind;
  readonly #clock: Clock;
  /** What it finds of an agent; `undefined`: it does not ask. */
  plan: (agentId: string) => CheckReason | undefined = () => 'OK';
  /** Called while it asks. */
  during: (targets: readonly CheckTarget[]) => void | Promise<void> = () => undefined;
  /** The agents of each round. */
  readonly rounds: string[][] = [];

  constructor(clock: Clock, kind: CheckKind = 'http') {
    this.#clock = clock;
    this.kind = kind;
  }

  async check(targets: readonly CheckTarget[]): Promise<ReadonlyMap<string, HealthCheckResult>> {
    this.rounds.push(targets.map(({ agentId }) => agentId));
    const at = this.#clock.now();
    await this.during(targets);
    return new Map(
      targets.flatMap(({ agentId }) => {
        const reason = this.plan(agentId);
        return reason === undefined
          ? []
          : [[agentId, checkResult(agentId, this.kind, { reason, at, responseTime: 7 })]];
      }),
    );
  }
}

/** A fleet of which rounds are made, all in memory: pages, reports, lease and the registry's word of health. */
export class CheckWorld {
  readonly clock = clockAt();
  readonly pages = new MemoryCheckPages();
  readonly reports = new MemoryRoundReports();
  readonly holder = new MemoryLeaseHolder();
  readonly checker = new PlannedChecker(this.clock);
  readonly health = new Map<string, Health>();
  readonly declared = new Map<string, DeclaredCheck>();
  /** What an agent's health stays at, whatever its check says: its beats say otherwise. */
  readonly others = new Map<string, Health>();
  /** Who was settled, in order. */
  settled: string[] = [];
  failures: string[] = [];
  /** Asked before an agent is settled: may throw. */
  whenSettled: (agentId: string) => void = () => undefined;
  #owners = 0;

  add(agentId: string, check: Partial<DeclaredCheck> = {}): void {
    this.declared.set(agentId, { type: 'http', url: 'https://a.example', ...check } as DeclaredCheck);
    this.health.set(agentId, 'unknown');
  }

  remove(agentId: string): void {
    this.declared.delete(agentId);
    this.health.delete(agentId);
  }

  watched(): Watched[] {
    return [...this.declared].map(([agentId, check]) => ({
      agentId,
      check,
      health: this.health.get(agentId) ?? 'unknown',
    }));
  }

  /** A function of its own, with a memory of its own. */
  round(overrides: Partial<CheckRoundProps> = {}): CheckRound {
    this.#owners += 1;
    return new CheckRound({
      checker: this.checker,
      lease: new MemoryLease(this.holder, `owner-${this.#owners}`, ROUND_LEASE_MS),
      clock: this.clock,
      pages: this.pages,
      reports: this.reports,
      watched: async () => this.watched(),
      settle: (agentId, check) => this.settle(agentId, check),
      onFailure: (what, error) => this.failures.push(`${what}: ${(error as Error).message}`),
      ...overrides,
    });
  }

  /** As the monitor does where there are no beats, and no damping. */
  async settle(agentId: string, check: KeptResults | undefined): Promise<{ changed: boolean } | undefined> {
    this.whenSettled(agentId);
    this.settled.push(agentId);
    const before = this.health.get(agentId);
    if (before === undefined) return undefined;
    const verdict = check ? judgeResults(check).health : this.declared.has(agentId) ? before : 'unknown';
    const health = this.others.get(agentId) ?? verdict;
    this.health.set(agentId, health);
    return { changed: health !== before };
  }

  /** One round, half a minute after the one before. */
  async next(round: CheckRound): Promise<RoundReport | undefined> {
    this.clock.advance(30_000);
    return round.run(this.clock.now() + 60_000);
  }

  /** Everything that is stored, by agent. */
  async stored(): Promise<Map<string, KeptResults>> {
    const pages = this.reports.report?.pages ?? 0;
    const all = new Map<string, KeptResults>();
    for (let page = 0; page < pages; page += 1) {
      const held = await this.pages.read({ kind: this.checker.kind, pages, page });
      for (const kept of held?.agents ?? []) all.set(kept.agentId, kept);
    }
    return all;
  }
}
