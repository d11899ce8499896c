import { foldBeat } from '../../../lambdas/health/beats/beat.ts';
import { takeHeartbeat } from '../../../lambdas/health/beats/take-heartbeat.ts';
import { checkResult } from '../../../lambdas/health/checks/check-result.ts';
import type { Checker, DeclaredCheck } from '../../../lambdas/health/checks/checker.ts';
import {
  CHECK_KINDS,
  type CheckKind,
  LAMBDA_CHECK_SECONDS,
  ROUND_SECONDS,
  SWEEP_SECONDS,
} from '../../../lambdas/health/contract.ts';
import { HISTORY } from '../../../lambdas/health/health-status.ts';
import { DynamoBeatWriter } from '../../../lambdas/health/publisher/dynamo-beat-writer.ts';
import { CheckRound } from '../../../lambdas/health/rounds/check-round.ts';
import { LeaseSweep } from '../../../lambdas/health/sweep/sweep.ts';
import type { CapacityMeter, Units } from '../capacity-meter.ts';
import { seeded } from '../random.ts';
import type { MeteredClient } from '../refresh-units.ts';
import { AGENTS } from './billing.ts';
import { agentId, aStage, type Stage } from './health-stage.ts';
import { step } from './step.ts';

/** Heartbeats in one call at most. */
export const BATCH = 100;

/** Seconds between two heartbeats of an agent. */
export const BEAT_SECONDS = 30;

/** Seconds of virtual time over which rounds and sweeps are counted: twice what the rarest check takes to come round. */
const COUNTED_SECONDS = 2 * LAMBDA_CHECK_SECONDS;

/** Milliseconds that rounds and sweeps have. */
const DEADLINE_MS = 55_000;

/** A check that is made of so many agents again and again. */
interface Kind {
  readonly declared: (n: number) => DeclaredCheck;
  /** Seconds between two rounds, and between two checks of one agent. */
  readonly every: number;
  readonly interval: number;
  /** Agents that a round can ask: control planes are asked 20 functions, or ten times ten services, a second for 40 s. */
  readonly asked: number;
  /** Milliseconds over which a round asks them. */
  readonly spread: number;
}

const KINDS: Readonly<Record<CheckKind, Kind>> = {
  http: {
    declared: (n) => ({ type: 'http', url: `https://agent-${n}.example.com/health` }),
    every: ROUND_SECONDS,
    interval: ROUND_SECONDS,
    asked: 5_000,
    spread: 4_000,
  },
  lambda: {
    declared: (n) => ({ type: 'lambda', functionName: `agent-${n}` }),
    every: 60,
    interval: LAMBDA_CHECK_SECONDS,
    asked: 800,
    spread: 40_000,
  },
  ecs: {
    declared: (n) => ({ type: 'ecs', cluster: `cluster-${n % 10}`, service: `agent-${n}` }),
    every: ROUND_SECONDS,
    interval: ROUND_SECONDS,
    asked: 4_000,
    spread: 10_000,
  },
};

/** Units of one round or sweep, on the average: with a thousand agents, and with none. */
interface Counted {
  readonly full: Units;
  readonly empty: Units;
}

/** What health takes of the table. */
export interface HealthUnits {
  /** A heartbeat that its agent writes, and one that comes over the API. */
  readonly direct: Units;
  readonly rest: Units;
  readonly transition: Units;
  readonly sweep: Counted;
  readonly rounds: Readonly<Record<CheckKind, Counted>>;
}

const TOLD = { status: 'healthy', metrics: { memoryUsage: 0.42, cpuUsage: 0.22, taskQueue: 3 } } as const;

interface Repeated {
  readonly every: number;
  /** Seconds that pass uncounted first. */
  readonly settling: number;
  /** What happens before each time, and is not counted. */
  readonly before?: () => Promise<unknown>;
  readonly work: () => Promise<unknown>;
}

/** The units of work that is repeated over {@link COUNTED_SECONDS}, on the average. */
async function average(meter: CapacityMeter, { pass }: Stage, { every, settling, before, work }: Repeated) {
  const sum = { reads: 0, writes: 0, calls: 0 };
  for (let passed = 0; passed < settling + COUNTED_SECONDS; passed += every) {
    await before?.();
    const { reads, writes, calls } = await meter.measure(work);
    if (passed >= settling)
      Object.assign(sum, { reads: sum.reads + reads, writes: sum.writes + writes, calls: sum.calls + calls });
    pass(every);
  }
  const times = COUNTED_SECONDS / every;
  return { reads: sum.reads / times, writes: sum.writes / times, calls: sum.calls / times };
}

/** Everybody is well. When they are asked and how long they take differs, as it does: what is alike compresses well. */
function wellChecker(kind: CheckKind, { clock }: Stage): Checker {
  const random = seeded(1);
  const { asked, spread } = KINDS[kind];
  const status = kind === 'http' ? { status: 200 } : {};
  return {
    kind,
    check: async (targets) =>
      new Map(
        targets.slice(0, asked).map((target) => {
          const at = clock.now() + random.between(0, spread);
          const finding = { reason: 'OK', at, responseTime: random.between(20, 400), ...status } as const;
          return [target.agentId, checkResult(target.agentId, kind, finding)];
        }),
      ),
  };
}

/** Rounds of a fleet that is well, and known to be: nobody's health changes. */
async function countRounds({ client, meter }: MeteredClient, kind: CheckKind, agents: number): Promise<Units> {
  const { declared, every, interval } = KINDS[kind];
  const stage = await aStage(client, 0);
  const { clock, fleet, pages, reports, monitor } = stage;
  const targets = Array.from({ length: agents }, (_, n) => {
    return { agentId: agentId(n), check: declared(n), health: 'healthy' } as const;
  });
  const round = new CheckRound({
    checker: wellChecker(kind, stage),
    lease: stage.lease(`health-${kind}`),
    clock,
    pages,
    reports,
    watched: async () => {
      await fleet.fresh();
      return targets;
    },
    settle: (id, check) => monitor.settle(id, check ? { check } : {}),
  });
  // Until every page holds as many results as it ever will.
  const settling = (HISTORY + 1) * interval;
  const work = () => round.run(clock.now() + DEADLINE_MS);
  const units = await average(meter, stage, { every, settling, work });
  await stage.drop();
  return units;
}

/** Each agent beats every {@link BEAT_SECONDS}, no two at the same moment. What is counted is the sweeps alone. */
async function countSweeps({ client, meter }: MeteredClient, agents: number): Promise<Units> {
  const stage = await aStage(client, agents);
  const { clock, fleet, beats, pages, reports, monitor } = stage;
  const random = seeded(2);
  const ids = Array.from({ length: agents }, (_, n) => agentId(n));
  const newest = new Map(await beats.readMany(ids));
  const sinceBeat = new Map(ids.map((id) => [id, random.between(0, BEAT_SECONDS * 1_000 - 1)]));
  // Of the beats between two sweeps the newest alone is ever read.
  const before = async () => {
    for (const [id, beat] of newest) {
      newest.set(id, foldBeat(beat, { ...TOLD, ttl: 90, at: clock.now() - (sinceBeat.get(id) ?? 0) }));
    }
    await stage.beat([...newest.values()]);
  };
  const sweep = new LeaseSweep({
    lease: stage.lease('health-sweep'),
    clock,
    fleet: () => fleet.fresh(),
    beats,
    checks: pages,
    reports,
    settle: (id, options) => monitor.settle(id, options),
  });
  const work = () => sweep.run(clock.now() + DEADLINE_MS);
  const units = await average(meter, stage, { every: SWEEP_SECONDS, settling: 4 * SWEEP_SECONDS, before, work });
  await stage.drop();
  return units;
}

/** One heartbeat each way, of an agent that is well, and the change of health that its second one brings. */
async function countBeats({
  client,
  meter,
}: MeteredClient): Promise<Pick<HealthUnits, 'direct' | 'rest' | 'transition'>> {
  const stage = await aStage(client, 2);
  const { table, store, beats, monitor, clock, pass } = stage;
  const [byItself, byApi] = [agentId(0), agentId(1)];
  const writer = new DynamoBeatWriter({ client, table, clock });
  const heartbeat = () => writer.write({ ...TOLD, agentId: byItself });
  // Until it holds as many results as it ever will.
  for (let n = 0; n < HISTORY; n += 1) {
    await heartbeat();
    pass(BEAT_SECONDS);
  }
  const direct = await meter.measure(heartbeat);

  const context = { beats, agents: store, monitor, clock };
  const take = () => takeHeartbeat(context, byApi, { ...TOLD, ttl: 90 });
  await take();
  pass(BEAT_SECONDS);
  // Two of them make it healthy; what comes on top of the third is the change.
  const changing = await meter.measure(take);
  pass(BEAT_SECONDS);
  const rest = await meter.measure(take);
  await stage.drop();
  const transition = {
    reads: changing.reads - rest.reads,
    writes: changing.writes - rest.writes,
    calls: changing.calls - rest.calls,
  };
  return { direct, rest, transition };
}

/** The units of something, with a thousand agents and with none. */
async function counted(name: string, count: (agents: number) => Promise<Units>): Promise<Counted> {
  const full = await step(`${name}, ${AGENTS} agents`, () => count(AGENTS));
  return { full, empty: await step(`${name}, no agents`, () => count(0)) };
}

/** Counts what health takes, in units as the table reports them. */
export async function countHealthUnits(metered: MeteredClient): Promise<HealthUnits> {
  // First: DynamoDB Local grows slower with each round that it has seen, and nothing else writes as much.
  const sweep = await counted('Sweeps', (agents) => countSweeps(metered, agents));
  const rounds: Partial<Record<CheckKind, Counted>> = {};
  for (const kind of CHECK_KINDS) {
    rounds[kind] = await counted(`Rounds of ${kind} checks`, (agents) => countRounds(metered, kind, agents));
  }
  const beats = await step('Heartbeats', () => countBeats(metered));
  return { ...beats, sweep, rounds: rounds as Record<CheckKind, Counted> };
}
