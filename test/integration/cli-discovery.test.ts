import { readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import { writeOutputs } from '../../bin/local/outputs.ts';
import type { ReloadReport, ReloadStatus } from '../../lambdas/discovery/reload-status.ts';
import { call, unique } from '../support/api.ts';
import { jsonOf, type Ran, runCommandLine } from '../support/command-line.ts';
import { eventually } from '../support/eventually.ts';
import { type Files, filesIn } from '../support/files.ts';
import { localStack } from '../support/local-stack.ts';
import { temporaryDirectories } from '../support/temporary-directory.ts';

jest.setTimeout(120_000);

const temporary = temporaryDirectories();
let local: string;
beforeAll(async () => {
  local = join(await temporary(), '.local');
  await writeOutputs(local, localStack());
});

const cli = (...args: string[]): Promise<Ran> => runCommandLine(args, { AGENT_REGISTRY_LOCAL_DIR: local });
const json = <Result>(...args: string[]): Promise<Result> => jsonOf<Result>(args, cli);

const aFolder = async (): Promise<Files> => filesIn(await realpath(await temporary()));
const manifest = (id: string, more: object = {}) => ({ id, name: id, ...more });

interface Result {
  readonly path: string;
  readonly verdict: string;
}
const verdictsOf = (results: readonly Result[]) => results.map(({ path, verdict }) => `${verdict} ${path}`);

describe('manifests', () => {
  test('that are pushed serve after a reload, and come back as they were by a pull', async () => {
    const { folder, write } = await aFolder();
    const [mason, broken] = [unique('mason'), unique('broken')];
    await write(`${mason}/manifest.json`, JSON.stringify(manifest(mason, { version: '1.0.0' }), null, 4));
    await write(`${broken}/manifest.json`, '{');

    const pushed = await cli('manifests', 'push', folder);
    expect(pushed).toMatchObject({ code: 1, err: '1 of 2 are invalid, and were not pushed.\n' });
    expect(pushed.out).toContain(`added      ${mason}/manifest.json`);
    await cli('reload');
    const { body } = await call<{ filePath: string }>('GET', `/registry/agents/${mason}`);
    const { bucketName } = localStack();
    expect(body.filePath).toBe(`s3://${bucketName}/manifests/${mason}/manifest.json`);

    const elsewhere = await aFolder();
    const pulled = await json<Result[]>('manifests', 'pull', elsewhere.folder);
    expect(verdictsOf(pulled)).toContain(`added ${mason}/manifest.json`);
    const file = `${mason}/manifest.json`;
    const texts = [folder, elsewhere.folder].map((where) => readFile(join(where, file), 'utf8'));
    const [there, here] = await Promise.all(texts);
    expect(here).toBe(there);
    expect(verdictsOf(await json<Result[]>('manifests', 'push', elsewhere.folder))).toContain(`unchanged ${file}`);
  });

  test('are pushed under another prefix without serving, and deleted from there with what the folder lacks', async () => {
    const { folder, write, remove } = await aFolder();
    const id = unique('shelved');
    const prefix = `${unique('shelf')}/`;
    await write(`${id}/manifest.json`, manifest(id));
    for (const other of ['p', 'q']) await write(`${other}/manifest.json`, manifest(other));
    const push = (...flags: string[]) => json<Result[]>('manifests', 'push', folder, '--prefix', prefix, ...flags);
    expect(verdictsOf(await push())).toContain(`added ${id}/manifest.json`);
    await remove(id);
    expect(verdictsOf(await push('--dry-run', '--delete'))).toContain(`removed ${id}/manifest.json`);
    expect(verdictsOf(await push('--delete'))).toContain(`removed ${id}/manifest.json`);
    expect(verdictsOf(await push('--delete'))).toEqual(['unchanged p/manifest.json', 'unchanged q/manifest.json']);
    expect((await call('GET', `/registry/agents/${id}`)).status).toBe(404);
  });
});

describe('reload', () => {
  test('tells what it did, and what it refuses until that is mended', async () => {
    const { folder, write } = await aFolder();
    const [one, another] = [unique('one'), unique('another')];
    const depending = (id: string, on: string) => manifest(id, { dependencies: { agents: [on] } });
    await write(`${one}/manifest.json`, depending(one, another));
    await cli('manifests', 'push', folder);
    await eventually(async () => expect((await call('GET', `/registry/agents/${one}`)).status).toBe(200));
    await write(`${another}/manifest.json`, depending(another, one));
    await cli('manifests', 'push', folder);

    const refused = await cli('reload');
    const key = `manifests/${another}/manifest.json`;
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('refused') });
    expect(refused.out).toMatch(new RegExp(`^refused +s3 ${key}: .*circle.*\\(conflict_detection\\)$`, 'm'));
    const { code, out } = await cli('--json', 'reload', '--status');
    const { failures } = JSON.parse(out) as ReloadStatus;
    expect([code, failures.map((failure) => failure.key)]).toEqual([1, expect.arrayContaining([key])]);

    await write(`${another}/manifest.json`, manifest(another));
    await cli('manifests', 'push', folder);
    const { sources, status } = await json<ReloadReport>('reload');
    expect(sources.s3?.outcome).toBe('done');
    expect(status.failures).toEqual([]);
    expect((await call('GET', `/registry/agents/${another}`)).status).toBe(200);
  });
});
