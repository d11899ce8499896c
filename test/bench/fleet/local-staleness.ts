import { localTarget } from '../../../bin/cli/stage.ts';
import type { LocalOutputs } from '../../../bin/local/outputs.ts';
import { configurationOf, setEnvironment } from '../../support/functions.ts';

/**
 * Milliseconds that a copy of the index may be old on the local stack while it is searched by many at once. The emulator
 * answers a Query by walking the whole partition, 130 ms for a log of 4,462 entries, and one at a time: 64 readers that
 * looked each second, as they do on AWS, would keep it busy for eight.
 */
const STALENESS_MS = '600000';

/** Does something while the readers of the local stack look for changes less often; elsewhere it just does it. */
export async function withLocalStaleness<Result>(
  local: LocalOutputs | undefined,
  work: () => Promise<Result>,
): Promise<Result> {
  if (local === undefined) return work();
  const target = localTarget(local);
  const { INDEX_MAX_STALENESS_MS: before } = (await configurationOf('read-api', target)).environment;
  await setEnvironment('read-api', { INDEX_MAX_STALENESS_MS: STALENESS_MS }, target);
  try {
    return await work();
  } finally {
    await setEnvironment('read-api', { INDEX_MAX_STALENESS_MS: before }, target);
  }
}
