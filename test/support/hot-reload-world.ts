import { expect } from '@jest/globals';
import fc from 'fast-check';
import { HotReloadManager } from '../../lambdas/discovery/hot-reload-manager.ts';
import { aManifest, following, keyOf } from './hot-reload.ts';
import { Stepped, stepping } from './stepped.ts';

/** The agent whose manifest is edited, and others that nobody touches. */
export const EDITED = 'a';
export const STABLE = ['p', 'q', 'r', 's'];

/** What a worker does. */
type Work = 'poll' | 'event';
export type Edit = 'put' | 'same again' | 'back' | 'delete' | 'break';

/** What happens next: an edit, so many steps of a worker, or a worker that takes no step any more. */
export type Happening =
  | { readonly edit: Edit }
  | { readonly worker: number; readonly steps: number }
  | { readonly killed: number };

const WORKERS = 3;
const worker = fc.nat({ max: WORKERS - 1 });
/**
 * What may happen, in whatever order. Workers take long runs as often as single steps: the others stand still
 * meanwhile, at whatever they were doing.
 *
 * @param edits those that are made, the common ones more than once
 * @param more what else happens
 */
export const historyOf = (
  edits: readonly Edit[],
  more: readonly fc.MaybeWeightedArbitrary<Happening>[] = [],
): fc.Arbitrary<Happening[]> =>
  fc.array(
    fc.oneof(
      { weight: 3, arbitrary: fc.record({ edit: fc.constantFrom(...edits) }) },
      {
        weight: 8,
        arbitrary: fc.record({ worker, steps: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.constant(60)) }),
      },
      ...more,
    ),
    { minLength: 3, maxLength: 14 },
  );

/** A worker that is stopped for good, wherever it stands. */
export const killing: fc.MaybeWeightedArbitrary<Happening> = { weight: 1, arbitrary: fc.record({ killed: worker }) };

/** What the workers do. */
export const someWork = fc.array(fc.constantFrom<Work>('poll', 'event'), { minLength: WORKERS, maxLength: WORKERS });

export const BROKEN = '{';

/** A registry and its source, in which workers take steps as the history says; each begins again when it is done. */
async function aWorld(works: readonly Work[]) {
  const followed = following();
  const { source, manager, context, ports } = followed;
  let version = 0;
  /** What the edited manifest said before. */
  let previous = '';
  const put = (agent: string) => {
    version += 1;
    source.put(keyOf(agent), aManifest(agent, { version: `${version}`, capabilities: [`v${version}`] }));
  };
  for (const agent of [EDITED, ...STABLE]) put(agent);
  previous = source.text(keyOf(EDITED));
  await manager.poll();

  /** Whether an event is still to be delivered: each edit makes one, and what was stopped is delivered again. */
  let undelivered = false;
  /** Why polls failed: nothing is out of reach here, so none may. */
  const failures: unknown[] = [];
  const running: (Stepped | undefined)[] = works.map(() => undefined);
  const begin = (kind: Work): Stepped => {
    const stepped = new Stepped();
    const one = new HotReloadManager({
      ...ports,
      source: stepping(ports.source, stepped.turn, ['originOf', 'idOf']),
      snapshots: stepping(ports.snapshots, stepped.turn, []),
      layers: stepping(ports.layers, stepped.turn, []),
    });
    stepped.start(async () => {
      if (kind === 'poll') {
        const { outcome, error } = await one.poll();
        if (outcome === 'failed') failures.push(error);
        return;
      }
      const unsettled = await one.settle([keyOf(EDITED)]);
      if (unsettled.size > 0) undelivered = true;
    });
    return stepped;
  };
  const advance = async (n: number, steps: number) => {
    running[n] ??= begin(works[n] as Work);
    for (let taken = 0; taken < steps; taken += 1) {
      if (await running[n].step()) continue;
      running[n] = undefined;
      return;
    }
  };
  const edits: Readonly<Record<Edit, () => void>> = {
    put: () => {
      previous = source.text(keyOf(EDITED)) || previous;
      put(EDITED);
    },
    back: () => {
      // Within a second two versions of the same bytes are one.
      context.clock.advance(1_000);
      const text = source.text(keyOf(EDITED));
      source.put(keyOf(EDITED), previous);
      previous = text || previous;
    },
    'same again': () => source.put(keyOf(EDITED), source.text(keyOf(EDITED)) || BROKEN),
    delete: () => source.delete(keyOf(EDITED)),
    break: () => source.put(keyOf(EDITED), BROKEN),
  };
  const happen = async (what: Happening): Promise<void> => {
    // Writes of one layer within a millisecond would look alike.
    context.clock.advance(1);
    if ('edit' in what) edits[what.edit]();
    else if ('worker' in what) await advance(what.worker, what.steps);
    else if (running[what.killed]) {
      running[what.killed] = undefined;
      if (works[what.killed] === 'event') undelivered = true;
    }
  };
  /** Everybody comes to the end; then one who is alone polls until there is nothing left to see. */
  const comeToRest = async () => {
    for (const n of works.keys()) if (running[n]) await advance(n, Number.POSITIVE_INFINITY);
    if (undelivered) await manager.settle([keyOf(EDITED)]);
    context.clock.advance(10 * 60_000);
    for (let poll = 0; poll < 2; poll += 1) await manager.poll({ confirmRemovals: true });
    expect(failures).toEqual([]);
  };
  return { ...followed, happen, comeToRest };
}

type World = Awaited<ReturnType<typeof aWorld>>;

/** The world in which all of this has happened, and come to rest. */
export async function theEndOf(works: readonly Work[], happenings: readonly Happening[]): Promise<World> {
  const world = await aWorld(works);
  for (const what of happenings) await world.happen(what);
  await world.comeToRest();
  return world;
}
