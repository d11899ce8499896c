import pMap from 'p-map';
import { type DocumentFile, type PlannedFile, planImport } from '../../lambdas/discovery/plan-import.ts';
import type { ReadDocument } from '../../lambdas/discovery/reading/read-document.ts';
import type { ImportFile, Trouble } from './import-files.ts';
import { readManifest } from './read-manifest.ts';
import { fileTrouble } from './read-text-file.ts';

/** What would become of one file; `null` where there is no such thing. */
export interface ValidateResult {
  readonly path: string;
  readonly verdict: 'ok' | 'degraded' | 'skipped' | 'invalid';
  /** The id that an import of these files into an empty registry would give. */
  readonly id: string | null;
  /** As the file says it. */
  readonly name: string | null;
  readonly description: string | null;
  readonly reason: string | null;
  /** Line of the file, from 1, that the reason speaks of. */
  readonly line: number | null;
}

/** Reads at once. */
const AT_ONCE = { concurrency: 8 } as const;

type Said = Omit<ValidateResult, 'path' | 'verdict'>;

const NOTHING: Said = { id: null, name: null, description: null, reason: null, line: null };

const result = (path: string, verdict: ValidateResult['verdict'], said: Partial<Said>): ValidateResult => ({
  path,
  verdict,
  ...NOTHING,
  ...said,
});

const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** A path that gave no file to read: one that should have is invalid. */
export const ofTrouble = ({ path, verdict, reason }: Trouble): ValidateResult =>
  result(path, verdict === 'failed' ? 'invalid' : 'skipped', { reason });

/** What a file says of itself, with the id that it gets beside others. */
function ofRead(path: string, read: ReadDocument, id: string | undefined): ValidateResult {
  if (read.verdict === 'service') {
    const { name, description = null } = read.service;
    return result(path, 'ok', { id: read.service.id, name, description });
  }
  if (read.verdict === 'agent') {
    const { agent, degraded } = read;
    const { description } = (agent.config ?? {}) as { readonly description?: unknown };
    const said = { id: id ?? agent.id, name: agent.name, description: textOrNull(description) };
    return result(path, degraded ? 'degraded' : 'ok', { ...said, ...degraded });
  }
  const { verdict, reason } = read;
  return result(path, verdict, { reason, ...('line' in read && { line: read.line }) });
}

/** The id that each file gets: a copy gets that of its original. */
function idsOf(plans: readonly PlannedFile[]): ReadonlyMap<string, string> {
  const own = new Map(plans.flatMap((plan) => (plan.verdict === 'agent' ? [[plan.path, plan.agent.id] as const] : [])));
  const copies = plans.flatMap((plan): [string, string][] => {
    const id = plan.verdict === 'same' ? own.get(plan.of) : undefined;
    return id === undefined ? [] : [[plan.path, id]];
  });
  return new Map([...own, ...copies]);
}

function judge(documents: readonly DocumentFile[]): ValidateResult[] {
  const plans = planImport(documents);
  const ids = idsOf(plans);
  const reads = new Map(documents.map(({ path, read }) => [path, read]));
  return plans.flatMap((plan) => {
    if (plan.verdict === 'failed') return [result(plan.path, 'invalid', { reason: plan.reason })];
    const read = reads.get(plan.path);
    return read ? [ofRead(plan.path, read, ids.get(plan.path))] : [];
  });
}

/**
 * What would become of files if they were imported into an empty registry. Nothing is written, and no registry is asked.
 *
 * @param onRead told of each file as it is read
 * @returns in path order
 */
export async function validateFiles(
  files: readonly ImportFile[],
  onRead: (path: string) => void,
): Promise<ValidateResult[]> {
  const read = await pMap(
    files,
    async ({ path, place, origin, bytes }): Promise<DocumentFile | ValidateResult> => {
      try {
        const content = await bytes();
        return { path, text: Buffer.from(content).toString('latin1'), read: readManifest(place, content, origin) };
      } catch (error) {
        return ofTrouble({ path, verdict: 'failed', reason: fileTrouble(error) });
      } finally {
        onRead(path);
      }
    },
    AT_ONCE,
  );
  const documents = read.filter((file): file is DocumentFile => 'read' in file);
  const unread = read.filter((file): file is ValidateResult => !('read' in file));
  return [...unread, ...judge(documents)].sort((a, b) => (a.path < b.path ? -1 : 1));
}
