import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { pullManifests } from '../../../bin/cli/pull-manifests.ts';
import { type PushOptions, pushManifests } from '../../../bin/cli/push-manifests.ts';
import { MAX_DOCUMENT_BYTES } from '../../../lambdas/discovery/document-files.ts';
import { filesIn } from '../../support/files.ts';
import { temporaryDirectories } from '../../support/temporary-directory.ts';
import { cliInProcess } from './in-process.ts';
import { MemoryBucket } from './memory-bucket.ts';

const temporary = temporaryDirectories();
const cli = cliInProcess();
const SHELF = { bucket: 'shelf', prefix: 'manifests/' } as const;

const manifest = (id: string, more: object = {}) => ({ id, name: `Agent ${id}`, ...more });
const SERVER = {
  $schema: 'https://static.modelcontextprotocol.io/schemas/2025-09-29/server.schema.json',
  name: 'io.example/harbour',
  description: 'Tides.',
  version: '1.0.0',
};

type Results = readonly { readonly path: string; readonly verdict: string }[];
const verdictsIn = (results: Results) => results.map(({ path, verdict }) => `${verdict} ${path}`);

/** A folder of these manifests, and an empty bucket. */
async function aFolder(files: Record<string, string | object> = {}) {
  const target = new MemoryBucket();
  const written = filesIn(join(await temporary(), 'folder'));
  await mkdir(written.folder);
  for (const [path, content] of Object.entries(files)) await written.write(path, content);
  const { folder } = written;
  const push = (options: Partial<PushOptions> = {}) => pushManifests({ ...SHELF, folder, target, ...options });
  return {
    ...written,
    target,
    push,
    pushed: async (options?: Partial<PushOptions>) => verdictsIn(await push(options)),
    pulled: async () => verdictsIn(await pullManifests({ ...SHELF, folder, target })),
    text: (path: string) => readFile(join(folder, path), 'utf8'),
  };
}

describe('a push', () => {
  test('writes manifests of agents and services, and nothing else of the folder', async () => {
    const { pushed, target } = await aFolder({
      'mason/manifest.json': manifest('mason'),
      'harbour/server.json': SERVER,
      'mason/notes.md': 'Notes.',
      'mason/deep/manifest.json': manifest('deep'),
      'README.md': '# Manifests',
      'manifest.json': manifest('top'),
    });
    expect(await pushed()).toEqual(['added harbour/server.json', 'added mason/manifest.json']);
    expect(target.keys()).toEqual(['shelf/manifests/harbour/server.json', 'shelf/manifests/mason/manifest.json']);
  });

  test('writes only what differs, be it of the same length', async () => {
    const { pushed, write, target } = await aFolder({
      'a/manifest.json': manifest('a', { version: '1.0.0' }),
      'b/manifest.json': manifest('b'),
    });
    await pushed();
    target.writes.length = 0;
    expect(await pushed()).toEqual(['unchanged a/manifest.json', 'unchanged b/manifest.json']);
    expect(target.writes).toEqual([]);
    await write('a/manifest.json', manifest('a', { version: '2.0.0' }));
    expect(await pushed()).toEqual(['updated a/manifest.json', 'unchanged b/manifest.json']);
    expect(target.writes).toEqual(['put manifests/a/manifest.json']);
  });

  test.each([
    ['is no JSON', 'a/manifest.json', '{', 'not valid JSON'],
    ['breaks a rule', 'a/manifest.json', manifest('a', { config: { priority: 11 } }), 'priority'],
    ['is no agent', 'a/manifest.json', { version: '1' }, 'no manifest'],
    ['is another one’s', 'a/manifest.json', manifest('b'), 'its id is "b", but it stands under a'],
    ['stands under what is no id', 'Not an id/manifest.json', manifest('a'), 'cannot be an id'],
    ['is a service', 'a/manifest.json', SERVER, 'it describes no agent'],
    ['is no service', 'a/server.json', manifest('a'), 'it describes no service'],
    ['is too large', 'a/manifest.json', ' '.repeat(MAX_DOCUMENT_BYTES + 1), '1 MiB'],
  ])('leaves out what %s, with the reason, and goes on', async (_, path, content, told) => {
    const { push, target } = await aFolder({ [path]: content, 'good/manifest.json': manifest('good') });
    const results = await push();
    expect(results.find((result) => result.path === path)).toMatchObject({
      verdict: 'invalid',
      reason: expect.stringContaining(told),
    });
    expect(target.keys()).toEqual(['shelf/manifests/good/manifest.json']);
  });

  test('leaves what the folder lacks, unless it is told to delete it', async () => {
    const { pushed, target, write } = await aFolder({ 'a/manifest.json': manifest('a') });
    await write('bad/manifest.json', '{');
    for (const path of [
      'manifests/b/manifest.json',
      'manifests/bad/manifest.json',
      'manifests/notes.txt',
      'index/x/manifest.json',
    ]) {
      target.set(`shelf/${path}`, manifest('b'));
    }
    expect(await pushed()).toEqual(['added a/manifest.json', 'invalid bad/manifest.json']);
    expect(await pushed({ remove: true })).toEqual([
      'unchanged a/manifest.json',
      'removed b/manifest.json',
      'invalid bad/manifest.json',
    ]);
    expect(target.keys()).toEqual([
      'shelf/index/x/manifest.json',
      'shelf/manifests/a/manifest.json',
      'shelf/manifests/bad/manifest.json',
      'shelf/manifests/notes.txt',
    ]);
  });

  test('holds so many deletions that it looks like the wrong folder, until they are confirmed', async () => {
    const { pushed, target } = await aFolder({ 'a/manifest.json': manifest('a') });
    for (const id of ['b', 'c', 'd']) target.set(`shelf/manifests/${id}/manifest.json`, manifest(id));
    const held = ['b', 'c', 'd'].map((id) => `held ${id}/manifest.json`);
    expect(await pushed({ remove: true })).toEqual(['added a/manifest.json', ...held]);
    expect(target.keys()).toHaveLength(4);
    await pushed({ remove: true, confirmRemovals: true });
    expect(target.keys()).toEqual(['shelf/manifests/a/manifest.json']);
  });

  test('that is dry tells what it would do', async () => {
    const { pushed, target } = await aFolder({ 'a/manifest.json': manifest('a'), 'c/manifest.json': manifest('c') });
    target.set('shelf/manifests/a/manifest.json', manifest('a', { type: 'core' }));
    target.set('shelf/manifests/b/manifest.json', manifest('b'));
    expect(await pushed({ isDry: true, remove: true })).toEqual([
      'updated a/manifest.json',
      'removed b/manifest.json',
      'added c/manifest.json',
    ]);
    expect(target.writes).toEqual([]);
  });

  test('ends early when the signal says so', async () => {
    const { push } = await aFolder({ 'a/manifest.json': manifest('a') });
    await expect(push({ signal: AbortSignal.abort(new Error('stopped')) })).rejects.toThrow('stopped');
  });
});

describe('a pull', () => {
  test('writes what differs, and leaves what the bucket lacks', async () => {
    const { pulled, target, write, text } = await aFolder({ 'mine/manifest.json': manifest('mine') });
    target.set('shelf/manifests/a/manifest.json', 'a');
    target.set('shelf/manifests/b/server.json', 'b');
    expect(await pulled()).toEqual(['added a/manifest.json', 'added b/server.json']);
    await write('a/manifest.json', 'changed here');
    expect(await pulled()).toEqual(['updated a/manifest.json', 'unchanged b/server.json']);
    expect(await text('a/manifest.json')).toBe('a');
    expect(JSON.parse(await text('mine/manifest.json'))).toEqual(manifest('mine'));
  });

  test('gives back what was pushed, byte by byte', async () => {
    const there = await aFolder({
      'a/manifest.json': JSON.stringify(manifest('a', { config: { description: 'Käse' } }), null, 3),
    });
    await there.push();
    const here = await aFolder();
    await pullManifests({ ...SHELF, folder: here.folder, target: there.target });
    expect(await here.text('a/manifest.json')).toBe(await there.text('a/manifest.json'));
  });

  test('writes nothing outside the folder, whatever the keys are', async () => {
    const { pulled, target, folder } = await aFolder();
    const outside = await temporary();
    await symlink(outside, join(folder, 'linked'));
    const keys = [
      '../evil/manifest.json',
      '../manifest.json',
      '/etc/manifest.json',
      'a/../../manifest.json',
      'a/b/manifest.json',
    ];
    const odd = [
      '.hidden/manifest.json',
      'UPPER/manifest.json',
      'a\\b/manifest.json',
      'a/other.json',
      'linked/manifest.json',
      'a..b/manifest.json',
    ];
    for (const key of [...keys, ...odd]) target.set(`shelf/manifests/${key}`, 'x');
    target.set('shelf/manifests/', '');
    const results = await pulled();
    expect(results).toHaveLength(keys.length + odd.length);
    expect(results.filter((result) => !result.startsWith('skipped'))).toEqual([]);
    expect(await readdir(folder)).toEqual(['linked']);
    expect(await readdir(outside)).toEqual([]);
    expect(await readdir(join(folder, '..'))).toEqual(['folder']);
  });

  test('replaces a link in a file’s place, and does not follow it', async () => {
    const { pulled, target, folder, text } = await aFolder();
    const outside = join(await temporary(), 'secret.json');
    await writeFile(outside, 'secret');
    await mkdir(join(folder, 'a'));
    await symlink(outside, join(folder, 'a', 'manifest.json'));
    target.set('shelf/manifests/a/manifest.json', 'new');
    expect(await pulled()).toEqual(['updated a/manifest.json']);
    expect(await text('a/manifest.json')).toBe('new');
    expect(await readFile(outside, 'utf8')).toBe('secret');
  });

  test('leaves out what is larger than any agent', async () => {
    const { pulled, target } = await aFolder();
    target.set('shelf/manifests/a/manifest.json', ' '.repeat(MAX_DOCUMENT_BYTES + 1));
    expect(await pulled()).toEqual(['skipped a/manifest.json']);
  });
});

describe('the commands', () => {
  test.each([['push'], ['pull']])('%s needs a bucket, and says how to name one', async (command) => {
    const ran = await cli(['manifests', command, await temporary()]);
    expect(ran).toMatchObject({ code: 1, err: expect.stringContaining('npm start') });
    const api = ['--api', 'https://registry.example.com'];
    expect(await cli([...api, 'manifests', command, await temporary()])).toMatchObject({
      code: 1,
      err: 'Name the stage by the outputs of its stack: --bucket BucketName.\n',
    });
  });

  test('of no kind ends with 2', async () => {
    expect(await cli(['manifests'])).toMatchObject({ code: 2 });
    expect(await cli(['manifests', 'push'])).toMatchObject({ code: 2 });
  });
});
