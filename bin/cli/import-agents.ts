import { randomUUID } from 'node:crypto';
import pMap from 'p-map';
import type { Json } from '../../lambdas/agents/merge.ts';
import { identitiesOf } from '../../lambdas/discovery/file-identity.ts';
import {
  type DocumentFile,
  type Holder,
  type Holders,
  type PlannedFile,
  planImport,
} from '../../lambdas/discovery/plan-import.ts';
import type { AgentRead, FileAgent } from '../../lambdas/discovery/reading/read-document.ts';
import type { ApiClient } from './api-client.ts';
import { ApiProblemError } from './api-problem-error.ts';
import { agentPath } from './command-context.ts';
import type { ImportFile } from './import-files.ts';
import { isLike, patchTowards } from './merge-patch.ts';
import { readManifest } from './read-manifest.ts';
import { fileTrouble } from './read-text-file.ts';

/** What became of one file. */
export interface ImportResult {
  readonly path: string;
  readonly verdict: 'registered' | 'updated' | 'unchanged' | 'same' | 'skipped' | 'invalid' | 'failed';
  /** Id of its agent. */
  readonly id?: string;
  /** Another file of the same bytes that stands for this one, or the origin or id of the agent that says the same. */
  readonly of?: string;
  readonly reason?: string;
  /** Line of the file, from 1, that the reason speaks of. */
  readonly line?: number;
}

/** Requests and reads at once: enough to hide their latency, few enough for a small account. */
const AT_ONCE = { concurrency: 8 } as const;

/** Agents as the registry has them by id, `undefined` where it has none; or why they cannot be read. */
type Lookups = Map<string, Json | ApiProblemError | undefined>;

const reasonOf = (error: unknown): string =>
  error instanceof ApiProblemError ? error.explainShortly() : (error as Error).message;

async function readFiles(files: readonly ImportFile[]): Promise<(DocumentFile | ImportResult)[]> {
  return pMap(
    files,
    async ({ path, place, origin, bytes }): Promise<DocumentFile | ImportResult> => {
      try {
        const content = await bytes();
        // One character for each byte: copies are told by their bytes.
        const text = Buffer.from(content).toString('latin1');
        return { path, text, read: readManifest(place, content, origin) };
      } catch (error) {
        return { path, verdict: 'failed', reason: fileTrouble(error) };
      }
    },
    AT_ONCE,
  );
}

/**
 * One agent. An id that cannot be one is nobody's: registering it says what is wrong with it. A caller who may not
 * read will not get further with any other file.
 */
async function lookUp(client: ApiClient, id: string): Promise<Json | ApiProblemError | undefined> {
  try {
    return await client.call<Json>({ method: 'GET', path: agentPath(id) });
  } catch (error) {
    if (!(error instanceof ApiProblemError) || error.status === 401 || error.status === 403) throw error;
    return error.status === 404 || error.status === 400 ? undefined : error;
  }
}

async function lookUpAll(client: ApiClient, ids: readonly string[], lookups: Lookups): Promise<void> {
  const missing = [...new Set(ids)].filter((id) => !lookups.has(id));
  await pMap(missing, async (id) => lookups.set(id, await lookUp(client, id)), AT_ONCE);
}

const isAgent = (lookup: Json | ApiProblemError | undefined): lookup is Json =>
  lookup !== undefined && !(lookup instanceof ApiProblemError);

/** Looks up every identity that the files may have been given before: one call for most files of a repeated import. */
async function lookUpFiles(client: ApiClient, files: readonly AgentRead[]): Promise<Lookups> {
  const lookups: Lookups = new Map();
  const plainIds = files.map(({ agent }) => agent.id);
  await lookUpAll(client, plainIds, lookups);
  const elsewhere = files.filter(({ agent }) => {
    const holder = lookups.get(agent.id);
    return !isAgent(holder) || holder.filePath !== agent.filePath;
  });
  await lookUpAll(
    client,
    elsewhere.flatMap((file) => identitiesOf(file).map(({ id }) => id)),
    lookups,
  );
  return lookups;
}

const holderOf = (current: Json): Holder => ({
  filePath: typeof current.filePath === 'string' ? current.filePath : null,
  isLike: (agent) => isLike(current, agent),
});

const holdersOf = (lookups: Lookups): Holders =>
  new Map([...lookups].flatMap(([id, agent]) => (isAgent(agent) ? [[id, holderOf(agent)] as const] : [])));

async function bringAgent(client: ApiClient, agent: FileAgent, lookups: Lookups): Promise<Omit<ImportResult, 'path'>> {
  const { id } = agent;
  const current = lookups.get(id);
  if (current instanceof ApiProblemError) throw current;
  if (current === undefined) {
    const headers = { 'idempotency-key': randomUUID() };
    await client.call({ method: 'POST', path: '/registry/agents', headers, body: agent });
    return { verdict: 'registered', id };
  }
  const patch = patchTowards(current, agent);
  if (Object.keys(patch).length === 0) return { verdict: 'unchanged', id };
  await client.call({ method: 'PUT', path: agentPath(id), body: patch });
  return { verdict: 'updated', id };
}

/** What was mended in a file is told when it becomes of consequence, not again and again. */
const toldFlaw = ({ degraded }: Pick<AgentRead, 'degraded'>, verdict: ImportResult['verdict']) =>
  verdict !== 'unchanged' && degraded && { ...degraded, reason: `degraded: ${degraded.reason}` };

async function bring(client: ApiClient, planned: PlannedFile, lookups: Lookups): Promise<ImportResult> {
  if (planned.verdict === 'service') {
    const { path, service } = planned;
    return { path, verdict: 'skipped', id: service.id, reason: 'a service, which only the bucket declares' };
  }
  if (planned.verdict !== 'agent') return planned;
  const { path, agent } = planned;
  try {
    const brought = await bringAgent(client, agent, lookups);
    return { path, ...brought, ...toldFlaw(planned, brought.verdict) };
  } catch (error) {
    return { path, verdict: 'failed', id: agent.id, reason: reasonOf(error) };
  }
}

/**
 * Brings the agents of files into the registry: new ones are registered, those that this file brought before are
 * changed where it now says something else, a file that says what an agent says already is a copy of it, and an agent
 * that came from elsewhere is never touched. One bad file never stops the rest.
 *
 * @param onResult told as each file is done
 * @returns what became of each file, in path order
 * @throws UnreachableError when the registry does not answer, ApiProblemError when the caller may not read it
 */
export async function importAgents(
  files: readonly ImportFile[],
  client: ApiClient,
  onResult: (result: ImportResult) => void,
): Promise<ImportResult[]> {
  const read = await readFiles(files);
  const documents = read.filter((file): file is DocumentFile => 'read' in file);
  const unread = read.filter((file): file is ImportResult => !('read' in file));
  unread.forEach(onResult);
  const described = documents.flatMap(({ read }) => (read.verdict === 'agent' ? [read] : []));
  const lookups = await lookUpFiles(client, described);
  const brought = await pMap(
    planImport(documents, holdersOf(lookups)),
    async (planned) => {
      const result = await bring(client, planned, lookups);
      onResult(result);
      return result;
    },
    AT_ONCE,
  );
  return [...unread, ...brought].sort((a, b) => (a.path < b.path ? -1 : 1));
}
