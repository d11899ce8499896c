import { beforeEach, describe, expect, test } from '@jest/globals';
import type { AgentRecord, Layer } from '../../lambdas/agents/agent-record.ts';
import {
  type AgentStore,
  type Commit,
  CommitConflictError,
  type Idempotency,
} from '../../lambdas/agents/agent-store.ts';
import { buildCommit, buildRemoval, type Draft } from '../../lambdas/agents/build-commit.ts';
import type { Change, ChangeLog, HeadList } from '../../lambdas/agents/change.ts';
import { createUlidFactory, firstUlidOf } from '../../lambdas/shared/ids.ts';
import { aLayer, clockAt, START } from './agents.ts';
import { rejectionOf } from './errors.ts';

/** A beat as far as the store of agents knows of it. */
export type StoredBeat = { readonly incarnation: string; readonly at?: number };

/** A store with the ways to read what it holds. */
export interface StoreUnderTest {
  readonly store: AgentStore;
  readonly beats: {
    read(agentId: string): Promise<StoredBeat | undefined>;
    put(id: string, beat: StoredBeat): Promise<void>;
  };
  readonly changes: ChangeLog;
  readonly heads: HeadList;
}

const OUTCOME = { requestHash: 'request', status: 201, headers: { ETag: '"r1"' }, body: '{"name":"café"}' };
const anOutcome = (overrides: Partial<Idempotency> = {}): Idempotency => ({
  ...OUTCOME,
  keyHash: 'key',
  expiresAt: START + 60_000,
  ...overrides,
});

async function everything<Item>(pages: AsyncIterable<readonly Item[]>): Promise<Item[]> {
  const items: Item[] = [];
  for await (const page of pages) items.push(...page);
  return items;
}

/** What every {@link AgentStore} keeps to, with its log and its list of heads. `make` gives an empty one. */
export function agentStoreContract(make: () => Promise<StoreUnderTest>): void {
  let under: StoreUnderTest;
  let clock: ReturnType<typeof clockAt>;
  let newUlid: () => string;

  beforeEach(async () => {
    under = await make();
    clock = clockAt();
    newUlid = createUlidFactory(clock);
  });

  const cause = () => ({ actor: 'tester', reason: 'tested', now: clock.now(), changeId: newUlid() });
  const draft = (parts: Partial<Draft> = {}): Commit =>
    buildCommit({ id: 'a', before: undefined, name: 'calendar', layers: [aLayer()], ...parts }, cause()).commit;
  const obstacleOf = async (work: Promise<unknown>) => {
    const error = await rejectionOf(work);
    expect(error).toBeInstanceOf(CommitConflictError);
    return (error as CommitConflictError).obstacle;
  };
  const stored = async (id = 'a'): Promise<AgentRecord> => {
    const record = await under.store.load(id);
    if (record === undefined) throw new Error(`${id} is not there`);
    return record;
  };
  const log = (from = firstUlidOf(0), to?: string): Promise<Change[]> =>
    everything(under.changes.read(from, to === undefined ? {} : { to }));
  const revisions = async () => (await log()).map(({ revision }) => revision);

  describe('an agent', () => {
    test('is not there before it was committed', async () => {
      expect(await under.store.load('a')).toBeUndefined();
      expect(await under.store.nameHolder('calendar')).toBeUndefined();
    });

    test('is there as it was committed, with its name and its log entry', async () => {
      const commit = draft();
      await under.store.commit(commit);

      expect(await stored()).toEqual({ head: commit.head, layers: commit.putLayers });
      expect(await under.store.head('a')).toEqual(commit.head);
      expect(await under.store.nameHolder('calendar')).toBe('a');
      expect(await log()).toEqual([commit.change]);
      expect(await everything(under.heads.readAll())).toEqual([commit.digest]);
    });

    test('keeps its layers from the lowest source to the highest, to the letter', async () => {
      const odd = { name: 'calendar', config: { '': null, 'a.b': [1e300, { deep: [[]] }], text: '\u2028😀' } };
      const layers: Layer[] = [
        aLayer({ name: 'calendar' }, { source: 's3', origin: 'manifests/a/manifest.json' }),
        aLayer({}, { source: 'filesystem', removed: [['config', 'color']] }),
        aLayer(odd),
        aLayer({ type: 'core' }, { source: 'api', origin: 'https://example.com' }),
      ];
      await under.store.commit(draft({ layers: [layers[0], layers[2]].flatMap((layer) => layer ?? []) }));
      await under.store.commit(draft({ before: await stored(), layers }));

      expect((await stored()).layers).toEqual(layers);
    });

    test('loses the layers that a commit takes away', async () => {
      const layers = [aLayer({ name: 'calendar' }, { source: 's3' }), aLayer()];
      await under.store.commit(draft({ layers }));
      const before = await stored();
      await under.store.commit(draft({ before, layers: before.layers.slice(0, 1) }));

      expect((await stored()).layers).toEqual(layers.slice(0, 1));
    });

    test('that is large is there, too', async () => {
      const layers = [
        aLayer({ name: 'calendar', config: { x: 'x'.repeat(250 * 1024) } }),
        aLayer({}, { source: 'api' }),
      ];
      await under.store.commit(draft({ layers }));

      expect((await stored()).layers).toEqual(layers);
    });
  });

  describe('a tombstone', () => {
    test('keeps the revision and nothing else; the name is free', async () => {
      await under.store.commit(draft());
      const removal = buildRemoval(await stored(), cause());
      await under.store.commit(removal);

      expect(await stored()).toEqual({ head: removal.head, layers: [] });
      expect(await under.store.head('a')).toEqual(removal.head);
      expect(await under.store.nameHolder('calendar')).toBeUndefined();
      expect(await everything(under.heads.readAll())).toEqual([]);
      expect((await log()).map(({ type }) => type)).toEqual(['AgentRegistered', 'AgentUnregistered']);
    });

    test('is where the agent goes on that comes back under its id', async () => {
      await under.store.commit(draft());
      await under.store.commit(buildRemoval(await stored(), cause()));
      await under.store.commit(draft({ before: await stored() }));

      expect((await stored()).head).toMatchObject({ revision: 3, deleted: false });
      expect(await everything(under.heads.readAll())).toMatchObject([{ id: 'a', revision: 3 }]);
    });
  });

  describe('a condition that does not hold', () => {
    test('is told: the agent exists already', async () => {
      await under.store.commit(draft());

      expect(await obstacleOf(under.store.commit(draft({ name: 'another' })))).toBe('head');
    });

    test('is told: the agent has changed since it was read', async () => {
      await under.store.commit(draft());
      const before = await stored();
      await under.store.commit(draft({ before, health: 'healthy' }));

      expect(await obstacleOf(under.store.commit(draft({ before, health: 'unhealthy' })))).toBe('head');
    });

    test('is told: somebody else holds the name', async () => {
      await under.store.commit(draft());

      expect(await obstacleOf(under.store.commit(draft({ id: 'b' })))).toBe('name');
    });

    test('is told: the key has an answer', async () => {
      await under.store.commit({ ...draft(), idempotency: anOutcome() });

      const second = { ...draft({ id: 'b', name: 'b' }), idempotency: anOutcome() };
      expect(await obstacleOf(under.store.commit(second))).toBe('idempotency');
    });

    test('leaves nothing of the commit behind', async () => {
      await under.store.commit(draft());
      await obstacleOf(under.store.commit({ ...draft({ id: 'b' }), idempotency: anOutcome() }));
      await obstacleOf(under.store.commit({ ...draft({ name: 'another' }), idempotency: anOutcome() }));

      expect(await under.store.load('b')).toBeUndefined();
      expect(await under.store.nameHolder('another')).toBeUndefined();
      expect(await under.store.outcome('key', START)).toBeUndefined();
      expect(await revisions()).toEqual([1]);
    });
  });

  describe('whether a commit has taken effect', () => {
    test('is told by its change', async () => {
      const [first, second] = [draft(), draft({ id: 'b' })];
      expect(await under.store.hasChange(first.change.id)).toBe(false);
      await under.store.commit(first);
      await obstacleOf(under.store.commit(second));

      expect(await under.store.hasChange(first.change.id)).toBe(true);
      expect(await under.store.hasChange(second.change.id)).toBe(false);
    });
  });

  describe('commits that race', () => {
    test('for one name have one winner', async () => {
      const commits = Array.from({ length: 16 }, (_, n) => draft({ id: `agent-${n}` }));
      const outcomes = await Promise.allSettled(commits.map((commit) => under.store.commit(commit)));
      const winner = commits[outcomes.findIndex(({ status }) => status === 'fulfilled')];

      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect(await under.store.nameHolder('calendar')).toBe(winner?.head.id);
      expect(await log()).toEqual([winner?.change]);
    });

    test('for one revision have one winner', async () => {
      await under.store.commit(draft());
      const before = await stored();
      const commits = Array.from({ length: 16 }, () => draft({ before, health: 'healthy' }));
      const outcomes = await Promise.allSettled(commits.map((commit) => under.store.commit(commit)));

      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect(await revisions()).toEqual([1, 2]);
    });
  });

  describe('a name', () => {
    test('passes from one to the other in one commit', async () => {
      await under.store.commit(draft());
      await under.store.commit(draft({ before: await stored(), name: 'diary' }));

      expect(await under.store.nameHolder('calendar')).toBeUndefined();
      expect(await under.store.nameHolder('diary')).toBe('a');
    });
  });

  describe('the place of an agent’s beats', () => {
    test('is made at registration, for this life of the agent', async () => {
      const commit = draft();
      await under.store.commit(commit);

      expect(await under.beats.read('a')).toMatchObject({ incarnation: commit.change.id });
      expect(commit.head.incarnation).toBe(commit.change.id);
    });

    test('is not touched by a change', async () => {
      await under.store.commit(draft());
      const { incarnation } = (await stored()).head;
      await under.beats.put('a', { incarnation, at: START });
      await under.store.commit(draft({ before: await stored(), health: 'healthy' }));

      expect(await under.beats.read('a')).toMatchObject({ incarnation, at: START });
      expect((await stored()).head.incarnation).toBe(incarnation);
    });

    test('goes with the agent, and is another when it comes back', async () => {
      await under.store.commit(draft());
      const first = (await stored()).head.incarnation;
      await under.beats.put('a', { incarnation: first, at: START });
      await under.store.commit(buildRemoval(await stored(), cause()));
      expect(await under.beats.read('a')).toBeUndefined();
      await under.store.commit(draft({ before: await stored() }));

      const { incarnation } = (await stored()).head;
      expect(incarnation).not.toBe(first);
      expect(await under.beats.read('a')).toMatchObject({ incarnation });
      expect((await under.beats.read('a'))?.at).toBeUndefined();
    });

    test('lets a commit pass that rests on the beat in it', async () => {
      await under.store.commit(draft());
      const { incarnation } = (await stored()).head;
      await under.beats.put('a', { incarnation, at: START });
      await under.store.commit({
        ...draft({ before: await stored(), health: 'unhealthy' }),
        ifBeat: { incarnation, at: START },
      });

      expect((await stored()).head.health).toBe('unhealthy');
    });

    test.each<[string, (incarnation: string) => StoredBeat]>([
      ['has never beaten', (incarnation) => ({ incarnation })],
      ['has beaten since', (incarnation) => ({ incarnation, at: START + 1 })],
      ['lives another life', () => ({ incarnation: 'another', at: START })],
    ])('stops a commit that rests on a beat: the agent %s', async (_, other) => {
      await under.store.commit(draft());
      const { incarnation } = (await stored()).head;
      await under.beats.put('a', other(incarnation));
      const commit = draft({ before: await stored(), health: 'unhealthy' });

      expect(await obstacleOf(under.store.commit({ ...commit, ifBeat: { incarnation, at: START } }))).toBe('beat');
      expect((await stored()).head.health).toBe('unknown');
    });
  });

  describe('an answer under a key', () => {
    test('is kept with the commit, until it expires', async () => {
      await under.store.commit({ ...draft(), idempotency: anOutcome() });

      expect(await under.store.outcome('key', START + 59_999)).toEqual(OUTCOME);
      expect(await under.store.outcome('key', START + 60_000)).toBeUndefined();
      expect(await under.store.outcome('other', START)).toBeUndefined();
    });

    test('is kept where there was nothing to commit', async () => {
      await under.store.keepOutcome(anOutcome(), START);

      expect(await under.store.outcome('key', START)).toEqual(OUTCOME);
    });

    test('is not replaced before it has expired', async () => {
      await under.store.keepOutcome(anOutcome(), START);
      const later = anOutcome({ requestHash: 'another', expiresAt: START + 120_000 });

      expect(await obstacleOf(under.store.keepOutcome(later, START + 59_000))).toBe('idempotency');
      await under.store.keepOutcome(later, START + 60_000);
      expect(await under.store.outcome('key', START + 60_000)).toMatchObject({ requestHash: 'another' });
    });
  });

  describe('the log', () => {
    /** Registers `a`, then one change of its health a second. */
    async function aHistory(length: number): Promise<void> {
      await under.store.commit(draft());
      for (let revision = 2; revision <= length; revision += 1) {
        clock.advance(1_000);
        const health = revision % 2 === 0 ? 'healthy' : 'degraded';
        await under.store.commit(draft({ before: await stored(), health }));
      }
    }

    test('is read from one id to another, oldest first: its beginning, and not its end', async () => {
      await aHistory(6);
      const span = await log(firstUlidOf(START + 1_000), firstUlidOf(START + 4_000));
      expect(span.map(({ revision }) => revision)).toEqual([2, 3, 4]);

      const [, second, third] = span;
      const exact = await log(second?.id, third?.id);
      expect(exact.map(({ revision }) => revision)).toEqual([3]);
    });

    test('is read to its newest entry where no end is given', async () => {
      await aHistory(4);

      expect((await log(firstUlidOf(START + 2_000))).map(({ revision }) => revision)).toEqual([3, 4]);
    });

    test('is empty where nothing happened', async () => {
      expect(await log()).toEqual([]);
    });
  });

  test('the list of heads holds every living agent once, as it is now', async () => {
    const ids = Array.from({ length: 12 }, (_, n) => `agent-${n}`);
    for (const id of ids) await under.store.commit(draft({ id, name: id }));
    await under.store.commit(
      draft({ id: 'agent-3', name: 'agent-3', before: await stored('agent-3'), health: 'healthy' }),
    );
    await under.store.commit(buildRemoval(await stored('agent-5'), cause()));
    const listed = await everything(under.heads.readAll());

    expect(listed.map(({ id }) => id).sort()).toEqual(ids.filter((id) => id !== 'agent-5').sort());
    expect(listed.find(({ id }) => id === 'agent-3')).toMatchObject({ revision: 2, health: 'healthy' });
  });
}
