import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { HotReloadManager } from '../../../lambdas/discovery/hot-reload-manager.ts';
import { aManifest, following, keyOf, served, servingIds } from '../../support/hot-reload.ts';

/** Agents whose manifests are edited, and others that nobody touches. */
const EDITED = ['a', 'b', 'c'];
const STABLE = ['p', 'q', 'r', 's', 't', 'u', 'v', 'w'];

type Action =
  | { readonly do: 'put' | 'delete' | 'event'; readonly id: string }
  | { readonly do: 'poll' }
  | { readonly do: 'break'; readonly id: string };

/** How a worker goes wrong: at its so many-th step; `crash`: for good, `fault`: that one call. */
interface Trouble {
  readonly at: number;
  readonly kind: 'crash' | 'fault';
}

interface Step {
  readonly action: Action;
  readonly trouble: Trouble | undefined;
}

const id = fc.constantFrom(...EDITED);
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('put' as const), id }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('delete' as const), id }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('break' as const), id }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('event' as const), id }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('poll' as const) }) },
);
const trouble = fc.option(
  fc.record({ at: fc.integer({ min: 0, max: 14 }), kind: fc.constantFrom('crash' as const, 'fault' as const) }),
  { nil: undefined, freq: 3 },
);
const steps = fc.array(fc.record({ action, trouble }), { minLength: 1, maxLength: 14 });

/** A port whose every call waits for its turn before it takes effect, and again before its answer arrives. */
function paced<Port extends object>(port: Port, turn: () => Promise<void>): Port {
  return new Proxy(port, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function' || name === 'originOf' || name === 'idOf') return value;
      return async (...args: unknown[]) => {
        await turn();
        const result: unknown = await value.apply(target, args);
        await turn();
        return result;
      };
    },
  });
}

/** A registry and its sources, in which workers take their steps in whatever order the scheduler says. */
async function aWorld(scheduler: fc.Scheduler) {
  const followed = following();
  const { source, manager, context, ports } = followed;
  let version = 0;
  const put = (agent: string) => {
    version += 1;
    source.put(keyOf(agent), aManifest(agent, { version: `${version}`, capabilities: [`v${version}`] }));
  };
  for (const agent of [...EDITED, ...STABLE]) put(agent);
  await manager.poll();

  const worker = (misfortune: Trouble | undefined) => {
    let taken = 0;
    const turn = async () => {
      await scheduler.schedule(Promise.resolve());
      taken += 1;
      const due = misfortune?.kind === 'crash' ? taken > misfortune.at : taken === (misfortune?.at ?? 0) + 1;
      if (misfortune && due) throw new Error(misfortune.kind);
    };
    return new HotReloadManager({
      ...ports,
      source: paced(ports.source, turn),
      snapshots: paced(ports.snapshots, turn),
      layers: paced(ports.layers, turn),
    });
  };
  /** Events that did not get through: they are delivered again. */
  const undelivered = new Set<string>();
  const settle = async (agent: string, misfortune: Trouble | undefined) => {
    const unsettled = await worker(misfortune)
      .settle([keyOf(agent)])
      .catch(() => new Map([[keyOf(agent), '']]));
    for (const key of unsettled.keys()) undelivered.add(key);
  };
  const perform = async ({ action: act, trouble: misfortune }: Step): Promise<void> => {
    if (act.do === 'put') put(act.id);
    if (act.do === 'delete') source.delete(keyOf(act.id));
    if (act.do === 'break') source.put(keyOf(act.id), '{');
    if (act.do === 'event') await settle(act.id, misfortune);
    if (act.do === 'poll') await worker(misfortune).poll();
  };
  /** Two polls by somebody who is alone, after what did not get through was delivered again. */
  const comeToRest = async () => {
    await manager.settle([...undelivered]);
    context.clock.advance(10 * 60_000);
    await manager.poll({ confirmRemovals: true });
    await manager.poll({ confirmRemovals: true });
  };
  return { ...followed, perform, comeToRest };
}

/** The version of each manifest that can serve, and of those that cannot nothing. */
function wholeManifests({ source }: { readonly source: ReturnType<typeof following>['source'] }): Map<string, string> {
  const whole = source.keys().flatMap((key) => {
    const text = source.text(key);
    return text === '{' ? [] : [JSON.parse(text) as { id: string; version: string }];
  });
  return new Map(whole.map(({ id: agent, version }) => [agent, version]));
}

describe('polls and events at once, each stopped, failing or late at any step', () => {
  test('end in what the source says; who was not touched is not touched', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), steps, async (scheduler, history) => {
        const world = await aWorld(scheduler);
        const { context, source } = world;
        // Each action begins when the scheduler says; edits take effect between the steps of workers.
        const running = history.map(async (step) => {
          await scheduler.schedule(Promise.resolve());
          await world.perform(step);
        });
        await scheduler.waitFor(Promise.all(running));
        await world.comeToRest();

        const expected = wholeManifests(world);
        const broken = source.keys().filter((key) => source.text(key) === '{');
        for (const [agent, version] of expected) {
          expect({ agent, ...(await served(context, agent)) }).toMatchObject({ agent, version });
        }
        for (const agent of await servingIds(context)) {
          // A broken manifest leaves what served before; what is gone serves no longer.
          expect(expected.has(agent) || broken.includes(keyOf(agent))).toBe(true);
        }
        for (const agent of STABLE) expect(await served(context, agent)).toMatchObject({ revision: 1 });
      }),
      { numRuns: 300 },
    );
  });

  test('never lay an older version over a newer one', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), steps, async (scheduler, history) => {
        const world = await aWorld(scheduler);
        const running = history.map(async (step) => {
          await scheduler.schedule(Promise.resolve());
          await world.perform(step);
        });
        await scheduler.waitFor(Promise.all(running));
        await world.comeToRest();

        for (const agent of EDITED) {
          const laid = world.context.store
            .changes()
            .filter(({ agentId, type }) => agentId === agent && type !== 'AgentUnregistered')
            .map(({ digest }) => Number(digest.capabilities[0]?.slice(1)));
          expect(laid).toEqual([...new Set(laid)].sort((a, b) => a - b));
        }
      }),
      { numRuns: 200 },
    );
  });
});
