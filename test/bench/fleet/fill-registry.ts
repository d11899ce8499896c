import pMap from 'p-map';
import type { ApiClient } from '../../../bin/cli/api-client.ts';
import { ApiProblemError } from '../../../bin/cli/api-problem-error.ts';
import { importAgents } from '../../../bin/cli/import-agents.ts';
import { findFiles } from '../../../bin/cli/import-files.ts';
import type { AgentDigest } from '../../../lambdas/agents/digest-schema.ts';
import { agents } from '../data.ts';

/** Registrations at once. */
const AT_ONCE = { concurrency: 16 } as const;

/** How a registry came to have as many agents as it should. */
export interface Filled {
  /** Files whose agents were registered or were there. */
  readonly fromFiles: number;
  readonly synthetic: number;
}

const documentOf = ({ id, name, type, priority, maxConcurrent, tools, ...can }: AgentDigest) => ({
  id,
  name,
  type,
  capabilities: { core: can.capabilities, domains: can.domains, actions: can.actions },
  config: { priority, ...(tools && { tools }) },
  capacity: { maxConcurrent },
});

/** One agent; that it is there already is as good. */
async function register(client: ApiClient, digest: AgentDigest): Promise<void> {
  const headers = { 'idempotency-key': digest.id };
  try {
    await client.call({ method: 'POST', path: '/registry/agents', headers, body: documentOf(digest) });
  } catch (error) {
    if (!(error instanceof ApiProblemError) || error.status !== 409) throw error;
  }
}

async function importFrom(client: ApiClient, paths: readonly string[]): Promise<number> {
  const { files } = await findFiles(paths, {
    folder: process.cwd(),
    bucket: () => {
      throw new Error('Agents come from files here, not from a bucket.');
    },
  });
  const results = await importAgents(files, client, () => undefined);
  return results.filter(({ verdict }) => ['registered', 'updated', 'unchanged', 'same'].includes(verdict)).length;
}

export const countAgents = async (client: ApiClient): Promise<number> =>
  (await client.call<{ totalAgents: number }>({ method: 'GET', path: '/registry/stats' })).totalAgents;

/**
 * Registers the agents of files, and then synthetic ones until there are `size`.
 *
 * @param onRegistered told after each synthetic one how many there are now
 */
export async function fillRegistry(
  client: ApiClient,
  { paths, size }: { readonly paths: readonly string[]; readonly size: number },
  onRegistered: (agents: number) => void,
): Promise<Filled> {
  const fromFiles = await importFrom(client, paths);
  let there = await countAgents(client);
  const before = there;
  // Some may be there from an earlier run: so many more are at hand.
  const spare = [...agents(size)];
  while (there < size) {
    const next = spare.splice(0, size - there);
    if (next.length === 0) throw new Error(`Only ${there} of ${size} agents could be registered.`);
    let done = there;
    await pMap(next, async (digest) => register(client, digest).then(() => onRegistered(++done)), AT_ONCE);
    there = await countAgents(client);
  }
  return { fromFiles, synthetic: there - before };
}
