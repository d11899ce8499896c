import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { ApiCall } from '../../../bin/cli/api-client.ts';
import { ApiProblemError } from '../../../bin/cli/api-problem-error.ts';
import { UnreachableError } from '../../../bin/cli/unreachable-error.ts';
import { PROJECT } from '../../../bin/local/aws-environment.ts';
import { LocalStackError } from '../../../bin/local/local-stack-error.ts';
import { seedManifests } from '../../../bin/local/seed.ts';
import { filesIn } from '../../support/files.ts';
import { temporaryDirectories } from '../../support/temporary-directory.ts';
import { MemoryBucket } from '../cli/memory-bucket.ts';

const temporary = temporaryDirectories();
const outputs = { apiUrl: 'memory:', endpoint: 'memory:', region: 'nowhere', bucketName: 'shelf' };

const done = { sources: { s3: { outcome: 'done' } }, status: { failures: [] } };
const outcome = (outcome: string, error?: string) => ({ ...done, sources: { s3: { outcome, error } } });

/** Seeds manifests with these ids, where reloads are answered like this in turn, the last one again and again. */
async function seeding(
  ids: readonly string[],
  answers: readonly (object | Error)[] = [done],
  signal = new AbortController().signal,
) {
  const files = filesIn(await temporary());
  for (const id of ids) await files.write(`${id}/manifest.json`, { id, name: id });
  await files.write('README.md', 'No manifest.');
  const target = new MemoryBucket();
  const calls: string[] = [];
  const client = {
    async call<Answer>({ method, path }: ApiCall): Promise<Answer> {
      const answer = answers[Math.min(calls.length, answers.length - 1)];
      calls.push(`${method} ${path}`);
      if (answer instanceof Error) throw answer;
      return answer as Answer;
    },
  };
  const { folder: manifests } = files;
  return { ...files, target, calls, seed: () => seedManifests({ outputs, manifests, signal, target, client }) };
}

describe('seeding', () => {
  test('uploads every manifest, and then has them loaded', async () => {
    const { seed, target, calls } = await seeding(['email', 'task']);
    expect(await seed()).toBe(2);
    expect(target.keys()).toEqual(['shelf/manifests/email/manifest.json', 'shelf/manifests/task/manifest.json']);
    expect(calls).toEqual(['POST /registry/reload']);
  });

  test('reloads again while something was left, because the bucket’s events load the same', async () => {
    const { seed, calls } = await seeding(['email'], [outcome('partial'), outcome('busy'), done]);
    expect(await seed()).toBe(1);
    expect(calls).toHaveLength(3);
  });

  test.each<[string, object | Error, string]>([
    ['what cannot be loaded', outcome('failed', 'no rights'), 'The examples were not loaded (failed): no rights'],
    ['that nobody answers', new UnreachableError('memory:', true, {}), 'does not answer'],
    ['what the API says', new ApiProblemError(403, '{"title":"No","detail":"not you"}'), 'not you'],
    [
      'which manifest was refused, and why',
      {
        ...done,
        status: {
          failures: [
            { source: 'filesystem', key: 'other', step: 'x', reason: 'y' },
            { source: 's3', key: 'manifests/email/manifest.json', step: 'conflict_detection', reason: 'a circle' },
          ],
        },
      },
      'manifests/email/manifest.json was refused (conflict_detection): a circle',
    ],
  ])('says in plain words %s', async (_, answer, told) => {
    const { seed } = await seeding(['email'], [answer]);
    const error = await seed().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(LocalStackError);
    expect((error as Error).message).toContain(told);
  });

  test('says which manifest is invalid, and loads none', async () => {
    const { seed, calls, write, folder } = await seeding(['email']);
    await write('bad/manifest.json', '{');
    await expect(seed()).rejects.toThrow(`${join(folder, 'bad', 'manifest.json')}`);
    expect(calls).toEqual([]);
  });

  test('ends with the reason of the signal', async () => {
    const reason = new LocalStackError('Stopped before it was ready.');
    const { seed } = await seeding(['email'], [done], AbortSignal.abort(reason));
    await expect(seed()).rejects.toBe(reason);
  });
});

test('the examples are what a push takes', async () => {
  const manifests = join(PROJECT, 'manifests');
  const target = new MemoryBucket();
  const client = { call: async <Answer>() => done as Answer };
  const { signal } = new AbortController();
  expect(await seedManifests({ outputs, manifests, signal, target, client })).toBe(target.keys().length);
  expect(target.keys().length).toBeGreaterThanOrEqual((await readdir(manifests)).length);
});
