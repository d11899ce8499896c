import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pMap from 'p-map';
import { originOf } from '../cli/file-origin.ts';
import { LocalStackError } from './local-stack-error.ts';

export type SeedOptions = {
  /** The registry's API, without a trailing slash. */
  readonly apiUrl: string;
  /** Holds `{agentId}/manifest.json` files. */
  readonly manifests: string;
  readonly signal: AbortSignal;
};

/** A call that runs beside others starts a Node process in the emulator; more than this wins no time. */
const AT_ONCE = 4;

async function send(method: 'POST' | 'PUT', url: string, body: unknown, signal: AbortSignal): Promise<Response> {
  return fetch(url, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body), signal });
}

async function seedOne(file: string, { apiUrl, signal }: SeedOptions): Promise<void> {
  // The origin that `cli import manifests` gives them, so that importing them again finds its own agents.
  const filePath = await originOf(file);
  const manifest = { ...(JSON.parse(await readFile(file, 'utf8')) as { readonly id: string }), filePath };
  const agents = `${apiUrl}/registry/agents`;
  let response = await send('POST', agents, manifest, signal);
  if (response.status === 409) {
    const { id, ...changes } = manifest;
    response = await send('PUT', `${agents}/${encodeURIComponent(id)}`, changes, signal);
  }
  if (response.ok) return;
  throw new LocalStackError(`${file} was refused (${response.status}): ${await response.text()}`);
}

/**
 * Registers every manifest through the API; an agent that is there already is brought up to date.
 *
 * @returns how many agents were registered.
 * @throws LocalStackError that names the first manifest that was refused, and why.
 */
export async function seedManifests(options: SeedOptions): Promise<number> {
  const files = glob(join(options.manifests, '*', 'manifest.json'));
  const seeded = await pMap(files, (file) => seedOne(file, options), { concurrency: AT_ONCE, signal: options.signal });
  return seeded.length;
}
