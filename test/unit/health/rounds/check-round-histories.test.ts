import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { KeptResults } from '../../../../lambdas/health/check-results.ts';
import type { CheckReason } from '../../../../lambdas/health/checks/check-result.ts';
import type { Checker } from '../../../../lambdas/health/checks/checker.ts';
import type { HealthCheckResult } from '../../../../lambdas/health/health-status.ts';
import { recordResult } from '../../../../lambdas/health/judging/kept-results.ts';
import type { CheckRound, CheckRoundProps } from '../../../../lambdas/health/rounds/check-round.ts';
import { CheckWorld, PlannedChecker } from '../../../support/check-world.ts';
import { MemoryLease, MemoryLeaseHolder } from '../../../support/memory-lease.ts';

type History = ReadonlyMap<string, KeptResults>;
type Found = ReadonlyMap<string, HealthCheckResult>;

/** Agents come and go by so many: a page has 60 to 160. */
const BLOCK = 90;

function changeFleet(world: CheckWorld, block: number): void {
  for (let n = 0; n < BLOCK; n += 1) {
    const id = `b${block}-${n}`;
    if (world.declared.has(id)) world.remove(id);
    else world.add(id);
  }
}

const FOUND: readonly (CheckReason | undefined)[] = ['OK', 'OK', 'TIMEOUT', 'UNREACHABLE', 'TASKS_PENDING', undefined];

/** What is found of an agent in a round, the same for the same seed. */
const plan = (seed: number) => (agentId: string) => {
  const [block = 0, n = 0] = agentId.slice(1).split('-').map(Number);
  return FOUND[(seed * 31 + block * 7 + n * 13) % FOUND.length];
};

/** A checker with what it found last. */
function remembering(checker: Checker): Checker & { found: Found } {
  return {
    kind: checker.kind,
    found: new Map(),
    async check(targets, deadline) {
      this.found = await checker.check(targets, deadline);
      return this.found;
    },
  };
}

/** An agent's history after results, in order. */
const after = (kept: KeptResults | undefined, results: readonly (HealthCheckResult | undefined)[]) =>
  results.reduce((known, result) => (result ? recordResult(known, result) : known), kept);

/** Holds every stored history against what it may be: one of these. */
function expectOneOf(
  stored: History,
  agentIds: Iterable<string>,
  allowed: (id: string) => (KeptResults | undefined)[],
) {
  for (const id of agentIds) {
    const options = allowed(id).map((option) => JSON.stringify(option));
    expect(options).toContain(JSON.stringify(stored.get(id)));
  }
}

/** How a round goes wrong: one call of a port does, or the function ends there. */
interface Trouble {
  readonly kind: 'none' | 'error' | 'crash';
  /** Which of its calls. */
  readonly at: number;
  readonly when: 'before' | 'after';
}

/** Ports whose calls count, and go wrong as is said. */
function troubled(world: CheckWorld, { kind, at, when }: Trouble): Partial<CheckRoundProps> & { crashed(): boolean } {
  let calls = 0;
  let isOver = false;
  const isNextWrong = (): boolean => {
    if (isOver) throw new Error('nobody is there');
    calls += 1;
    if (kind === 'none' || calls !== at) return false;
    isOver = kind === 'crash';
    return true;
  };
  const port = <Port extends object>(target: Port): Port =>
    new Proxy(target, {
      get: (_, name) => {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== 'function') return value;
        return async (...args: unknown[]) => {
          const isWrong = isNextWrong();
          if (isWrong && when === 'before') throw new Error('busy');
          const result = await value.apply(target, args);
          if (isWrong) throw new Error('busy');
          return result;
        };
      },
    });
  const settle = port({ settle: (id: string, check?: KeptResults) => world.settle(id, check) }).settle;
  return { pages: port(world.pages), reports: port(world.reports), settle, crashed: () => isOver };
}

type Step =
  | { readonly do: 'change'; readonly block: number }
  | { readonly do: 'round'; readonly who: number; readonly seed: number; readonly trouble: Trouble };

const change = fc.record({ do: fc.constant('change' as const), block: fc.nat(4) });
const round = fc.record({
  do: fc.constant('round' as const),
  who: fc.nat(2),
  seed: fc.nat(1_000),
  trouble: fc.record({
    kind: fc.constantFrom('none' as const, 'none' as const, 'error' as const, 'crash' as const),
    at: fc.integer({ min: 1, max: 30 }),
    when: fc.constantFrom('before' as const, 'after' as const),
  }),
});
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof({ weight: 1, arbitrary: change }, { weight: 3, arbitrary: round }),
  {
    minLength: 3,
    maxLength: 25,
  },
);

/** Functions that make rounds, warm as long as they live, each with a switch for its trouble. */
class Functions {
  readonly #world: CheckWorld;
  readonly checker: ReturnType<typeof remembering>;
  readonly #alive = new Map<number, { round: CheckRound; trouble: Partial<CheckRoundProps> }>();

  constructor(world: CheckWorld) {
    this.#world = world;
    this.checker = remembering(world.checker);
  }

  /** @returns the report, and whether anything went wrong */
  async run(who: number, trouble: Trouble) {
    const ports = troubled(this.#world, trouble);
    const known = this.#alive.get(who) ?? { round: undefined as unknown as CheckRound, trouble: {} };
    known.trouble = ports;
    known.round ??= this.#world.round({
      checker: this.checker,
      pages: {
        read: (place) => (known.trouble.pages ?? this.#world.pages).read(place),
        write: (...args) => (known.trouble.pages ?? this.#world.pages).write(...args),
      },
      reports: {
        round: (kind) => (known.trouble.reports ?? this.#world.reports).round(kind),
        saveRound: (...args) => (known.trouble.reports ?? this.#world.reports).saveRound(...args),
        override: (now) => (known.trouble.reports ?? this.#world.reports).override(now),
      },
      settle: (id, check) => (known.trouble.settle ?? this.#world.settle.bind(this.#world))(id, check),
    });
    this.#alive.set(who, known);
    const failures = this.#world.failures.length;
    this.checker.found = new Map();
    const report = await this.#world.next(known.round).catch(() => undefined);
    if (ports.crashed()) {
      this.#alive.delete(who);
      // Its lease ends by itself.
      this.#world.clock.advance(60_000);
    }
    return { report, isWhole: report !== undefined && this.#world.failures.length === failures };
  }
}

test('whatever goes wrong, what is stored of an agent is what was found, in order, and a round that went well is all there', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (history) => {
      const world = new CheckWorld();
      changeFleet(world, 0);
      const functions = new Functions(world);
      // From the first round on that came to its end it is known how many pages there are.
      await world.next(world.round());
      let before: History = await world.stored();
      for (const step of history) {
        if (step.do === 'change') {
          changeFleet(world, step.block);
          continue;
        }
        world.checker.plan = plan(step.seed);
        const { report, isWhole } = await functions.run(step.who, step.trouble);
        const stored = await world.stored();
        const found = report?.suspected ? new Map() : functions.checker.found;
        const living = new Set(world.declared.keys());
        expectOneOf(stored, living, (id) => {
          const whole = after(before.get(id), [found.get(id)]);
          return isWhole ? [whole] : [before.get(id), whole];
        });
        const gone = [...before.keys()].filter((id) => !living.has(id));
        expectOneOf(stored, gone, (id) => (isWhole && !report?.suspected ? [undefined] : [before.get(id), undefined]));
        before = stored;
      }
    }),
    { numRuns: 40 },
  );
});

test('after any history two rounds that go well bring everybody to what was found', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (history) => {
      const world = new CheckWorld();
      changeFleet(world, 0);
      const functions = new Functions(world);
      for (const step of history) {
        if (step.do === 'change') changeFleet(world, step.block);
        else {
          world.checker.plan = plan(step.seed);
          await functions.run(step.who, step.trouble);
        }
      }
      world.checker.plan = () => 'OK';
      // One may find that its memory is old; whoever hangs is asked again after two minutes.
      for (let n = 0; n < 8; n += 1) await functions.run(0, { kind: 'none', at: 0, when: 'before' });
      expect([...world.health.values()].filter((health) => health !== 'healthy')).toEqual([]);
      expect([...(await world.stored()).keys()].toSorted()).toEqual([...world.declared.keys()].toSorted());
    }),
    { numRuns: 20 },
  );
});

test('two rounds at once, which the lease should have kept apart, mix no page and lose no earlier result', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.tuple(fc.nat(1_000), fc.nat(1_000)), fc.boolean(), async (s, seeds, grows) => {
      const world = new CheckWorld();
      changeFleet(world, 0);
      changeFleet(world, 1);
      await world.next(world.round());
      if (grows) for (const block of [2, 3]) changeFleet(world, block);
      const before = await world.stored();
      world.clock.advance(30_000);
      const works = seeds.map((seed) => {
        const planned = new PlannedChecker(world.clock);
        planned.plan = plan(seed);
        const checker = remembering(planned);
        const round = world.round({
          checker,
          lease: new MemoryLease(new MemoryLeaseHolder(), 'mine', 60_000),
          pages: {
            read: s.scheduleFunction((place) => world.pages.read(place)),
            write: s.scheduleFunction((...args) => world.pages.write(...args)),
          },
          reports: {
            round: s.scheduleFunction(() => world.reports.round()),
            saveRound: s.scheduleFunction((...args) => world.reports.saveRound(...args)),
            override: (now) => world.reports.override(now),
          },
        });
        return { checker, report: round.run(world.clock.now() + 60_000) };
      });
      await s.waitFor(Promise.all(works.map(({ report }) => report)));
      const stored = await world.stored();
      const [one, other] = works.map(({ checker }) => checker.found);
      expectOneOf(stored, world.declared.keys(), (id) => {
        const [a, b] = [one?.get(id), other?.get(id)];
        return [[], [a], [b], [a, b], [b, a]].map((results) => after(before.get(id), results));
      });
      expect(world.reports.report?.round).toBeGreaterThan(1);
    }),
    { numRuns: 40 },
  );
});
