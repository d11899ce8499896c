import { once } from 'node:events';
import { mkdir, realpath, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { afterEach, describe, expect, test } from '@jest/globals';
import { originOf } from '../../../bin/cli/file-origin.ts';
import { seedManifests } from '../../../bin/local/seed.ts';
import { temporaryDirectories } from '../../support/temporary-directory.ts';

const temporary = temporaryDirectories();
const { signal } = new AbortController();

let server: Server;
afterEach(() => {
  server.close();
});

type Answer = { readonly status: number; readonly body?: string };
type Call = { readonly request: string; readonly body: unknown };

/** A registry that gives the prepared answers by `METHOD path`, 201 otherwise, and remembers what it was asked. */
async function registryThatAnswers(answers: Readonly<Record<string, Answer>>) {
  const calls: Call[] = [];
  server = createServer(async (request, response) => {
    const call = { request: `${request.method} ${request.url}`, body: await json(request) };
    calls.push(call);
    const { status, body } = answers[call.request] ?? { status: 201 };
    response.writeHead(status).end(body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { apiUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, calls };
}

async function manifestsOf(...ids: string[]): Promise<string> {
  const directory = await temporary();
  for (const id of ids) {
    await mkdir(join(directory, id));
    await writeFile(join(directory, id, 'manifest.json'), JSON.stringify({ id, name: id }));
  }
  await writeFile(join(directory, 'README.md'), 'No manifest.');
  return directory;
}

describe('seeding', () => {
  test('registers every manifest', async () => {
    const { apiUrl, calls } = await registryThatAnswers({});
    const manifests = await manifestsOf('email', 'task');
    expect(await seedManifests({ apiUrl, manifests, signal })).toBe(2);
    expect(calls).toHaveLength(2);
    for (const id of ['email', 'task']) {
      expect(calls).toContainEqual({
        request: 'POST /registry/agents',
        body: { id, name: id, filePath: await originOf(join(manifests, id, 'manifest.json')) },
      });
    }
  });

  test('brings an agent that is there already up to date', async () => {
    const { apiUrl, calls } = await registryThatAnswers({
      'POST /registry/agents': { status: 409 },
      'PUT /registry/agents/email': { status: 200 },
    });
    const manifests = await manifestsOf('email');
    await seedManifests({ apiUrl, manifests, signal });
    expect(calls.at(-1)).toEqual({
      request: 'PUT /registry/agents/email',
      body: { name: 'email', filePath: join(await realpath(manifests), 'email', 'manifest.json') },
    });
  });

  test('says which manifest was refused, and why', async () => {
    const { apiUrl } = await registryThatAnswers({ 'POST /registry/agents': { status: 400, body: 'name is missing' } });
    await expect(seedManifests({ apiUrl, manifests: await manifestsOf('email'), signal })).rejects.toThrow(
      /email\/manifest\.json was refused \(400\): name is missing/,
    );
  });
});
