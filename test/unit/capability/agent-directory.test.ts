import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Change } from '../../../lambdas/agents/change.ts';
import { AgentDirectory } from '../../../lambdas/capability/agent-directory.ts';
import { aChange, aDigest } from '../../support/agents.ts';

/** Everything that can be asked of a directory. */
const stateOf = (directory: AgentDirectory) => ({
  agents: directory.all(),
  stats: directory.index.getStats(),
  found: ['a', 'b'].map((capability) => directory.index.findByCapability(capability)),
});

function directoryAfter(changes: readonly Change[]): AgentDirectory {
  const directory = new AgentDirectory();
  for (const change of changes) directory.apply(change);
  return directory;
}

const gone = (id: string, revision: number) => aChange({ id, revision }, { type: 'AgentUnregistered' });

describe('a directory', () => {
  test('lists agents in the order of their ids, with both vocabularies of status', () => {
    const directory = directoryAfter([
      aChange({ id: 'b', operatorMode: 'maintenance' }),
      aChange({ id: 'a', health: 'degraded' }),
    ]);

    expect(directory.all()).toMatchObject([
      { id: 'a', status: 'degraded', state: 'idle' },
      { id: 'b', status: 'unavailable', state: 'maintenance' },
    ]);
    expect(directory.get('a')).toEqual(directory.all()[0]);
    expect(directory.get('c')).toBeUndefined();
    expect(directory.listed(['c', 'b', 'a']).map(({ id }) => id)).toEqual(['b', 'a']);
  });

  test('follows an agent that changes', () => {
    const directory = directoryAfter([aChange({ id: 'a', capabilities: ['old'] })]);
    expect(directory.all()).toHaveLength(1);
    directory.apply(aChange({ id: 'a', revision: 2, capabilities: ['new'] }));

    expect(directory.all()).toMatchObject([{ id: 'a', revision: 2 }]);
    expect(directory.index.findByCapability('old')).toStrictEqual([]);
    expect(directory.index.findByCapability('new')).toStrictEqual(['a']);
  });

  test('forgets an agent that went, and follows one that comes back', () => {
    const directory = directoryAfter([aChange({ id: 'a' })]);
    expect(directory.all()).toHaveLength(1);
    directory.apply(gone('a', 2));
    expect(directory.all()).toStrictEqual([]);
    directory.apply(aChange({ id: 'a', revision: 3 }, { type: 'AgentRegistered' }));

    expect(directory.all()).toMatchObject([{ id: 'a', revision: 3 }]);
  });

  test('does not bring back who went, when older news or an older list come late', () => {
    const directory = directoryAfter([gone('a', 5), aChange({ id: 'a', revision: 4 })]);
    directory.put(aDigest({ id: 'a', revision: 5 }));

    expect(directory.all()).toStrictEqual([]);
  });

  test('does not put an older list over newer news', () => {
    const directory = directoryAfter([aChange({ id: 'a', revision: 3, priority: 9 })]);
    directory.put(aDigest({ id: 'a', revision: 2, priority: 1 }));

    expect(directory.get('a')).toMatchObject({ revision: 3, priority: 9 });
  });

  test('knows the newest revision of who lives and of who went', () => {
    const directory = directoryAfter([
      aChange({ id: 'a', revision: 3 }),
      aChange({ id: 'a', revision: 2 }),
      gone('b', 5),
    ]);

    expect(['a', 'b', 'c'].map((id) => directory.revisionOf(id))).toStrictEqual([3, 5, undefined]);
  });
});

/** A change of one of three agents; its revision comes from its place. */
const kinds = fc.record({
  id: fc.constantFrom('x', 'y', 'z'),
  capabilities: fc.subarray(['a', 'b']),
  leaves: fc.boolean(),
});

/** Histories as the log has them: each agent's revisions go up by one. */
const histories = fc.array(kinds, { maxLength: 15 }).map((steps) => {
  const revisions = new Map<string, number>();
  return steps.map(({ id, capabilities, leaves }) => {
    const revision = (revisions.get(id) ?? 0) + 1;
    revisions.set(id, revision);
    const type = leaves ? 'AgentUnregistered' : 'AgentUpdated';
    return aChange({ id, revision, capabilities }, { type });
  });
});

/** A history with the order and repetition in which a reader may see it: all of it, and some of it again. */
const shuffled = histories.chain((history) =>
  fc
    .tuple(fc.shuffledSubarray(history, { minLength: history.length }), fc.array(fc.nat(), { maxLength: 10 }))
    .map(([order, again]) => {
      const seen = [...order];
      for (const n of again) {
        const change = history[n % Math.max(1, history.length)];
        if (change) seen.splice(n % (seen.length + 1), 0, change);
      }
      return { history, seen };
    }),
);

describe('a history of changes, tombstones included', () => {
  test('leads to the same directory in any order and with any repetition', () => {
    fc.assert(
      fc.property(shuffled, ({ history, seen }) => {
        expect(stateOf(directoryAfter(seen))).toStrictEqual(stateOf(directoryAfter(history)));
      }),
      { numRuns: 300 },
    );
  });

  test('leads to what its newest change of each agent says', () => {
    fc.assert(
      fc.property(histories, (history) => {
        const newest = new Map(history.map((change) => [change.agentId, change]));
        const living = [...newest.values()].filter(({ type }) => type !== 'AgentUnregistered');
        const directory = directoryAfter(history);

        expect(directory.all().map(({ id, revision }) => `${id}#${revision}`)).toStrictEqual(
          living.map(({ agentId, revision }) => `${agentId}#${revision}`).sort(),
        );
      }),
    );
  });

  test('leads to the same directory from a list of heads that was taken anywhere on the way', () => {
    fc.assert(
      fc.property(shuffled, fc.nat(), ({ history, seen }, moment) => {
        const directory = new AgentDirectory();
        const listed = directoryAfter(history.slice(0, moment % (history.length + 1))).all();
        for (const { status: _, state: __, ...digest } of listed) directory.put(digest);
        for (const change of seen) directory.apply(change);

        expect(stateOf(directory)).toStrictEqual(stateOf(directoryAfter(history)));
      }),
    );
  });
});
