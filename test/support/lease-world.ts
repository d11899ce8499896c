import { describeAgent } from '../../lambdas/agents/agent.ts';
import type { AgentDocument } from '../../lambdas/agents/agent-schema.ts';
import { buildCommit } from '../../lambdas/agents/build-commit.ts';
import type { Health } from '../../lambdas/agents/status.ts';
import { foldBeat, type SaidBeat } from '../../lambdas/health/beats/beat.ts';
import type { CheckKind } from '../../lambdas/health/contract.ts';
import { FleetReader } from '../../lambdas/health/fleet-reader.ts';
import { HealthMonitor, MONITOR } from '../../lambdas/health/health-monitor.ts';
import type { RoundReport, SweepReport } from '../../lambdas/health/health-report.ts';
import type { Outcome } from '../../lambdas/health/health-status.ts';
import { LeaseSweep, type SweepProps } from '../../lambdas/health/sweep/sweep.ts';
import { aContext, aDocument, aLayer, type TestContext } from './agents.ts';
import { aResult } from './health.ts';
import { MemoryBeatStore } from './memory-beat-store.ts';
import { MemoryCheckResults } from './memory-check-results.ts';
import { MemoryHealthReports } from './memory-health-reports.ts';
import { MemoryLease, MemoryLeaseHolder } from './memory-lease.ts';
import { randoms } from './randoms.ts';

/** Milliseconds between two sweeps, and between two beats of an agent. */
export const SWEEP_MS = 60_000;
export const BEAT_MS = 30_000;

/** So many agents by their names. */
export const leasedIds = (count: number): string[] => Array.from({ length: count }, (_, n) => `agent-${n}`);

/** A registry in memory whose agents beat, and whose leases are swept. */
export class LeaseWorld {
  readonly context: TestContext = aContext();
  readonly beats = new MemoryBeatStore(this.context.store);
  readonly checks = new MemoryCheckResults();
  readonly reports = new MemoryHealthReports();
  readonly holder = new MemoryLeaseHolder();
  readonly monitor = new HealthMonitor({ context: this.context, beats: this.beats, checks: this.checks });
  /** What could not be done, as sweeps told. */
  readonly failures: string[] = [];
  readonly #random: () => number;
  #sweepers = 0;

  constructor(seed = 1) {
    this.#random = randoms(seed);
  }

  get now(): number {
    return this.context.clock.now();
  }

  random(): number {
    return this.#random();
  }

  pass(milliseconds: number): void {
    this.context.clock.advance(milliseconds);
  }

  /** Registers an agent; its document is not held against the schema, so that ten thousand come in a moment. */
  async register(id: string, document: Partial<AgentDocument> = {}): Promise<void> {
    const { store, newUlid } = this.context;
    const before = await store.load(id);
    const changeId = newUlid(before?.head.changeId);
    const layers = [aLayer({ ...aDocument({ id, name: id }), ...document })];
    const cause = { actor: 'tester', reason: 'registered', now: this.now, changeId };
    await store.commit(buildCommit({ id, before, name: id, layers }, cause).commit);
  }

  /** Agents that beat twice and are swept: healthy, with 90 s to go from now. */
  async living(sweeper: LeaseSweep, count: number, document: Partial<AgentDocument> = {}): Promise<string[]> {
    const ids = leasedIds(count);
    for (const id of ids) await this.register(id, document);
    for (const id of ids) this.beat(id);
    this.pass(1_000);
    for (const id of ids) this.beat(id);
    await this.sweep(sweeper);
    return ids;
  }

  /** An agent beats, as itself: it settles nothing. */
  beat(id: string, said: Partial<SaidBeat> = {}): void {
    const { beats } = this.context.store;
    const before = beats.get(id);
    if (before === undefined) throw new Error(`${id} has no place for beats`);
    beats.set(id, foldBeat(before, { at: this.now, ttl: 90, status: 'healthy', ...said }));
  }

  check(id: string, outcome: Outcome, kind: CheckKind = 'http'): void {
    this.checks.record(kind, aResult(outcome, this.now, kind, id));
  }

  /** A round of checks has come to its end just now. */
  round(overrides: Partial<RoundReport> = {}, kind: CheckKind = 'http'): void {
    const results = { passed: 0, partial: 0, failed: 0, unasked: 0 };
    const report = {
      round: 1,
      at: this.now,
      tookMs: 0,
      pages: 1,
      targets: 0,
      results,
      suspected: false,
      held: 0,
      unsaved: 0,
    };
    this.reports.rounds.set(kind, { ...report, ...overrides });
  }

  async health(id: string): Promise<Health> {
    const record = await this.context.store.load(id);
    if (record === undefined) throw new Error(`There is no ${id}`);
    return describeAgent(record).health;
  }

  /** How many agents are in which health. */
  healths(): Record<Health, number> {
    const counts = { healthy: 0, degraded: 0, unhealthy: 0, unknown: 0 };
    for (const { health, deleted } of this.context.store.snapshot().heads) if (!deleted) counts[health] += 1;
    return counts;
  }

  /** Changes of health, oldest first. */
  transitions(): { at: number; agentId: string; health: Health; reason: string }[] {
    return this.context.store
      .changes()
      .filter(({ actor }) => actor === MONITOR)
      .map(({ at, agentId, digest, reason }) => ({ at: Date.parse(at), agentId, health: digest.health, reason }));
  }

  /** A sweep of an instance of its own, which knows nothing yet. */
  sweeper(overrides: Partial<SweepProps> = {}): LeaseSweep {
    this.#sweepers += 1;
    const { store, clock } = this.context;
    const fleet = new FleetReader({ changes: store, heads: store, clock, steady: clock });
    return new LeaseSweep({
      lease: new MemoryLease(this.holder, `sweep-${this.#sweepers}`, 60_000),
      clock,
      fleet: () => fleet.fresh(),
      beats: this.beats,
      checks: this.checks,
      reports: this.reports,
      settle: (agentId, options) => this.monitor.settle(agentId, options),
      random: () => this.#random(),
      onFailure: (what) => this.failures.push(what),
      ...overrides,
    });
  }

  /** A sweep that has all the time it wants. */
  sweep(sweeper: LeaseSweep): Promise<SweepReport | undefined> {
    return sweeper.run(this.now + 50_000);
  }
}
