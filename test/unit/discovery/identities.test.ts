import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Identity } from '../../../lambdas/discovery/file-identity.ts';
import { type Claimant, Identities } from '../../../lambdas/discovery/identities.ts';
import type { AgentRead } from '../../../lambdas/discovery/reading/read-document.ts';
import { slugOf } from '../../../lambdas/discovery/reading/slug.ts';
import type { SnapshotEntry } from '../../../lambdas/discovery/reload-snapshot.ts';

/** What a file says: a name, from which an id follows, or an id of its own. */
interface File {
  readonly key: string;
  readonly name: string;
  readonly ownId?: string | undefined;
}

const readOf = ({ key, name, ownId }: File): AgentRead => ({
  verdict: 'agent',
  agent: { id: ownId ?? slugOf(name), name, filePath: key },
  idFrom: ownId === undefined ? 'name' : 'file',
});

/** What is known of a file that was given this. */
const entryOf = (file: File, { id, name }: Identity): SnapshotEntry => ({
  etag: 'v',
  kind: 'agent',
  id,
  name,
  asked: readOf(file).agent.id,
});

type Given = ReadonlyMap<string, Identity | undefined>;

/** Files that ask for ids, with what they were given before. */
const claims = (files: readonly File[], known: Given = new Map()): Claimant[] =>
  files.map((file) => {
    const before = known.get(file.key);
    return { key: file.key, read: readOf(file), entry: before && entryOf(file, before) };
  });

const give = (files: readonly File[], known?: Given, holders: readonly (readonly [string, string])[] = []): Given =>
  new Identities(holders).give(claims(files, known));

const byKey = (files: readonly File[]): File[] => files.toSorted((a, b) => (a.key < b.key ? -1 : 1));
const idsOf = (given: Given): string[] => [...given.values()].flatMap((identity) => (identity ? [identity.id] : []));

const name = fc.constantFrom('Reviewer', 'reviewer', 'Code Reviewer', 'Planner');
const key = fc
  .tuple(fc.constantFrom('', 'team/', 'agents/', 'team/deep/', 'other/'), fc.constantFrom('a.md', 'b.md', 'c.md'))
  .map((parts) => parts.join(''));
const ownId = fc.option(fc.constantFrom('reviewer', 'planner', 'own'), { nil: undefined });
const file: fc.Arbitrary<File> = fc.record({ key, name, ownId });
const folder = fc.uniqueArray(file, { selector: (one) => one.key, maxLength: 8 });

describe('the ids of files', () => {
  test('are each one file’s own', () => {
    fc.assert(
      fc.property(folder, (files) => {
        const ids = idsOf(give(byKey(files)));
        expect(new Set(ids).size).toBe(ids.length);
      }),
    );
  });

  test('are never those that other files hold', () => {
    fc.assert(
      fc.property(folder, fc.constantFrom('reviewer', 'planner', 'own', 'code-reviewer'), (files, held) => {
        expect(idsOf(give(byKey(files), new Map(), [[held, 'elsewhere.md']]))).not.toContain(held);
      }),
    );
  });

  test('stay what they were, whichever files are looked at again, in whatever order', () => {
    fc.assert(
      fc.property(folder, fc.infiniteStream(fc.nat()), fc.func(fc.boolean()), (files, order, isLooked) => {
        const first = give(byKey(files));
        const ranks = new Map(files.map(({ key }) => [key, order.next().value]));
        const again = files
          .filter(({ key }) => isLooked(key))
          .sort((a, b) => Number(ranks.get(a.key)) - Number(ranks.get(b.key)));
        const looked = new Set(again.map(({ key }) => key));
        const held = [...first].flatMap(([key, identity]) =>
          identity && !looked.has(key) ? [[identity.id, key] as const] : [],
        );

        const second = give(again, first, held);
        for (const { key } of again) expect(second.get(key)).toEqual(first.get(key));
      }),
    );
  });

  test('stay what they were when other files come', () => {
    fc.assert(
      fc.property(folder, folder, (files, others) => {
        const first = give(byKey(files));
        const news = others.filter(({ key }) => !first.has(key));
        const all = give(byKey([...files, ...news]), first);

        for (const { key } of files) {
          const before = first.get(key);
          if (before !== undefined) expect(all.get(key)).toEqual(before);
        }
      }),
    );
  });

  test('that files write themselves are theirs, before any that follow from a name', () => {
    fc.assert(
      fc.property(folder, (files) => {
        const given = give(byKey(files));
        const writers = byKey(files).filter((one) => one.ownId !== undefined);
        for (const own of new Set(writers.map((one) => one.ownId))) {
          const [first, ...rest] = writers.filter((one) => one.ownId === own);
          expect(given.get(first?.key ?? '')?.id).toBe(own);
          // What a file calls itself, others refer to: it gets that or nothing.
          for (const { key } of rest) expect(given.get(key)).toBeUndefined();
        }
      }),
    );
  });

  test('that follow from names are given to every file', () => {
    fc.assert(
      fc.property(folder, (files) => {
        const named = byKey(files).filter((one) => one.ownId === undefined);
        expect(idsOf(give(named))).toHaveLength(named.length);
      }),
    );
  });

  test('move with the bytes of a file, for as long as it asks for the same', () => {
    const [here, there] = [
      { key: 'a.md', name: 'Reviewer' },
      { key: 'team/a.md', name: 'Reviewer' },
    ];
    const before = { id: 'reviewer-team', name: 'Reviewer-team' };
    const moved = { ...entryOf(here, before) };
    const give = (file: File) =>
      new Identities([]).give([{ key: file.key, read: readOf(file), entry: undefined, moved }]).get(file.key);

    expect(give(there)).toEqual(before);
    expect(give({ ...there, name: 'Planner' })).toEqual({ id: 'planner', name: 'Planner' });
  });

  test('are found anew when a file asks for another', () => {
    const file = { key: 'a.md', name: 'Reviewer' };
    const known = new Map([['a.md', { id: 'reviewer-x', name: 'Reviewer-x' }]]);
    const entry = { ...entryOf(file, { id: 'reviewer-x', name: 'Reviewer-x' }), asked: 'planner' };

    expect(give([file], known).get('a.md')).toEqual({ id: 'reviewer-x', name: 'Reviewer-x' });
    expect(new Identities([]).give([{ key: 'a.md', read: readOf(file), entry }]).get('a.md')).toEqual({
      id: 'reviewer',
      name: 'Reviewer',
    });
  });

  test('keep the name that a file gives now, where the id is its own', () => {
    const before = new Map([['a.md', { id: 'own', name: 'Old' }]]);

    expect(give([{ key: 'a.md', name: 'New', ownId: 'own' }], before).get('a.md')).toEqual({ id: 'own', name: 'New' });
  });
});
