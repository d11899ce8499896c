import { describe, expect, test } from '@jest/globals';
import { FolderNames } from '../../../bin/cli/folder-names.ts';
import { FolderSync } from '../../../bin/cli/folder-sync.ts';
import { readManifest } from '../../../bin/cli/read-manifest.ts';
import type { SyncResult } from '../../../bin/cli/sync-result.ts';
import { aManifest, following, servingIds } from '../../support/hot-reload.ts';
import { MemoryManifestSource } from '../../support/memory-manifest-source.ts';

const MINUTE = 60_000;

/** A folder that one process synchronises again and again, and what it says each time. */
function aSync(files: Record<string, unknown> = {}) {
  const source = new MemoryManifestSource({ source: 'filesystem', idsByKey: false });
  for (const [key, content] of Object.entries(files)) source.put(key, content);
  const { context, ports } = following({ source });
  const { layers, snapshots, clock } = ports;
  let told: SyncResult[] = [];
  const sync = new FolderSync({
    source,
    names: new FolderNames('crew', 'filesystem:'),
    layers,
    snapshots,
    clock,
    read: readManifest,
    onResult: (result) => told.push(result),
  });
  return {
    source,
    context,
    sync,
    /** What is told of one sync, as `verdict path`. */
    async says(...options: Parameters<FolderSync['sync']>) {
      told = [];
      const report = await sync.sync(...options);
      return { report, told: told.map(({ verdict, path }) => `${verdict} ${path}`).sort() };
    },
    ids: () => servingIds(context),
  };
}

const of = (...ids: string[]) => Object.fromEntries(ids.map((id) => [`${id}.json`, aManifest(id)]));

describe('a folder that is synchronised again and again', () => {
  test('is told of once as it is, and again when something is news', async () => {
    const { source, says } = aSync({
      ...of('a'),
      'bad.json': '{',
      'copy.json': aManifest('a'),
      'w.json': aManifest('w', { dependencies: { agents: ['nobody'] } }),
    });
    expect((await says()).told).toEqual([
      'added crew/a.json',
      'added crew/w.json',
      'refused crew/bad.json',
      'same crew/copy.json',
    ]);
    expect((await says()).told).toEqual(['unchanged crew/w.json']);
    expect((await says()).told).toEqual([]);
    source.put('bad.json', '{ "a" }');
    expect((await says()).told).toEqual(['refused crew/bad.json']);
    source.put('bad.json', aManifest('b'));
    expect((await says()).told).toEqual(['added crew/bad.json']);
    source.put('bad.json', '{');
    expect((await says()).told).toEqual(['refused crew/bad.json']);
  });

  test('reports every file each time, whatever is told', async () => {
    const { says } = aSync({ ...of('a', 'b'), 'bad.json': '{' });
    await says();
    const { report } = await says();
    expect(report.results.map(({ verdict, path, id }) => [verdict, path, id])).toEqual([
      ['unchanged', 'crew/a.json', 'a'],
      ['unchanged', 'crew/b.json', 'b'],
      ['refused', 'crew/bad.json', undefined],
    ]);
  });

  test('does not lose its agents in small parts either', async () => {
    const { source, context, says, ids } = aSync(of('a', 'b', 'c', 'd', 'e'));
    await says();
    for (const id of ['a', 'b']) source.delete(`${id}.json`);
    expect((await says()).told).toEqual(['removed crew/a.json', 'removed crew/b.json']);
    source.delete('c.json');
    const { report, told } = await says();
    expect({ told, held: report.held }).toMatchObject({ told: ['held crew/c.json'], held: { count: 1, of: 3 } });
    context.clock.advance(2 * MINUTE);
    expect(await says()).toMatchObject({ told: [], report: { held: { count: 1 } } });
    expect((await says({ confirmRemovals: true })).told).toEqual(['removed crew/c.json']);
    expect(await ids()).toEqual(['d', 'e']);
  });

  test('is looked at again when a file changes under its hands', async () => {
    const { source, says } = aSync(of('a'));
    let changes = 1;
    source.hook = (call) => {
      if (call === 'fetch' && changes > 0) {
        changes -= 1;
        source.put('a.json', aManifest('a', { version: '2.0.0' }));
      }
    };
    const { report, told } = await says();
    expect({ told, error: report.error }).toEqual({ told: ['added crew/a.json'], error: undefined });
  });

  test('is left as it is from the moment at which it is stopped, and brought in the next time', async () => {
    const { says, ids } = aSync(of('a', 'b', 'c'));
    let asked = 0;
    const mayGoOn = () => {
      asked += 1;
      return asked < 2;
    };
    const { report } = await says({ mayGoOn });
    expect([(await ids()).length, report.error]).toEqual([1, expect.objectContaining({ message: 'it was stopped.' })]);
    expect((await says()).report.error).toBeUndefined();
    expect(await ids()).toEqual(['a', 'b', 'c']);
  });

  test('says what is in the way, and removes nobody', async () => {
    const { source, says, ids } = aSync(of('a'));
    await says();
    source.hook = () => {
      throw new Error('the disk is gone');
    };
    expect((await says()).report.error).toMatchObject({ message: 'the disk is gone' });
    expect(await ids()).toEqual(['a']);
  });
});
