import { join } from 'node:path';
import { MANIFEST_PREFIX } from '../../lambdas/discovery/contract.ts';
import type { ReloadReport } from '../../lambdas/discovery/reload-status.ts';
import { type ApiClient, createApiClient } from '../cli/api-client.ts';
import { ApiProblemError } from '../cli/api-problem-error.ts';
import { openBucket, type WritableBucket } from '../cli/bucket.ts';
import { placeOf } from '../cli/file-report.ts';
import { pushManifests } from '../cli/push-manifests.ts';
import { localTarget } from '../cli/stage.ts';
import { UnreachableError } from '../cli/unreachable-error.ts';
import { LocalStackError } from './local-stack-error.ts';
import type { LocalOutputs } from './outputs.ts';

export type SeedOptions = {
  readonly outputs: Pick<LocalOutputs, 'apiUrl' | 'endpoint' | 'region' | 'bucketName'>;
  /** Holds `{id}/manifest.json`, `server.json` and `service.json` files. */
  readonly manifests: string;
  readonly signal: AbortSignal;
  /** @default the emulator's S3 */
  readonly target?: WritableBucket;
  /** @default a client of the stack's API */
  readonly client?: Pick<ApiClient, 'call'>;
};

/** The bucket's events bring the same manifests at the same time; whoever comes second leaves them for another look. */
const MAX_RELOADS = 5;

/** Rejects when the signal aborts, with its reason. */
const abortOf = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });

/** Reloads until all manifests have been looked at. Throws LocalStackError when that does not come about. */
async function reload(client: Pick<ApiClient, 'call'>): Promise<ReloadReport> {
  for (let round = 1; ; round += 1) {
    const report = await client.call<ReloadReport>({ method: 'POST', path: '/registry/reload' });
    const { outcome, error = 'no reason was given' } = report.sources.s3 ?? {};
    if (outcome === 'done') return report;
    if (round === MAX_RELOADS) throw new LocalStackError(`The examples were not loaded (${outcome}): ${error}`);
  }
}

async function seed({ outputs, manifests, target, client, signal }: SeedOptions): Promise<number> {
  const results = await pushManifests({
    folder: manifests,
    target: target ?? openBucket(localTarget(outputs)),
    bucket: outputs.bucketName,
    prefix: MANIFEST_PREFIX,
    signal,
  });
  const invalid = results.find(({ verdict }) => verdict === 'invalid');
  if (invalid) throw new LocalStackError(`${join(manifests, placeOf(invalid))} is invalid: ${invalid.reason}`);
  const { status } = await reload(client ?? createApiClient({ baseUrl: outputs.apiUrl }));
  const refused = status.failures.find(({ source }) => source === 's3');
  if (refused) throw new LocalStackError(`${refused.key} was refused (${refused.step}): ${refused.reason}`);
  return results.length;
}

/**
 * Uploads the manifests to the bucket, as `manifests push` does, and has the registry load them: when this is done, all
 * agents can be found.
 *
 * @returns how many manifests there are
 * @throws LocalStackError that says in plain words what is in the way; the signal's reason
 */
export async function seedManifests(options: SeedOptions): Promise<number> {
  try {
    return await Promise.race([seed(options), abortOf(options.signal)]);
  } catch (error) {
    options.signal.throwIfAborted();
    if (error instanceof ApiProblemError) throw new LocalStackError(error.explain(), { cause: error });
    if (error instanceof UnreachableError) throw new LocalStackError(error.message, { cause: error });
    throw error;
  }
}
