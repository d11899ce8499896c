import { setTimeout as wait } from 'node:timers/promises';
import type { ApiClient } from '../../../bin/cli/api-client.ts';
import { localTarget } from '../../../bin/cli/stage.ts';
import type { LocalOutputs } from '../../../bin/local/outputs.ts';
import { awsSources } from '../../../lambdas/capability/aws-sources.ts';
import { type BaseReport, rebuildBase } from '../../../lambdas/capability/base/build-base.ts';
import { systemClock } from '../../../lambdas/shared/clock.ts';

/** Seconds after which a reader that starts from a base does not read an import again: its margins, and a little. */
export const QUIET_SECONDS = 75;

/** As `index-base` does after a thousand changes, when its next quarter of an hour has come. */
const writeBase = (local: LocalOutputs): Promise<BaseReport> =>
  rebuildBase({
    ...awsSources({ TABLE_NAME: local.tableName, BUCKET_NAME: local.bucketName }, localTarget(local)),
    clock: systemClock,
  });

/**
 * Leaves a registry as it is on any other day: the import is over, something small has happened since, and there is a
 * base. Where every reader is a process of one machine, none of them would come to its end else.
 *
 * @param local the local stack, where that is the registry; elsewhere `index-base` writes the base
 */
export async function settleRegistry(
  client: ApiClient,
  local: LocalOutputs | undefined,
  onSecond: (seconds: number) => void,
): Promise<void> {
  for (let second = 1; second <= QUIET_SECONDS; second += 1) {
    await wait(1_000);
    onSecond(second);
  }
  const name = 'fleet-marker';
  const body = {
    id: name,
    name,
    conflictResolution: 'merge',
    config: { description: `Settled at ${systemClock.now()}` },
  };
  await client.call({
    method: 'POST',
    path: '/registry/agents',
    headers: { 'idempotency-key': `${name}-${systemClock.now()}` },
    body,
  });
  if (local) await writeBase(local);
}
