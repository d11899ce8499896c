import type { AwsTarget } from '../../lambdas/shared/aws-clients.ts';
import { CREDENTIALS } from '../local/aws-environment.ts';
import type { LocalOutputs } from '../local/outputs.ts';
import { CliError } from './cli-error.ts';
import type { CommandContext } from './command-context.ts';

/** Resources of a stage by the outputs of its stack, for commands that go past the API. */
export interface StageOptions {
  readonly table?: string;
  readonly bucket?: string;
  readonly bus?: string;
}

type Resource = keyof StageOptions;

/** Names of the resources, and how to reach them. */
export type Stage = Readonly<Record<Resource, string>> & { readonly aws: AwsTarget };

const OUTPUTS: Readonly<Record<Resource, string>> = { table: 'TableName', bucket: 'BucketName', bus: 'BusName' };

/** How AWS clients reach the emulator of a local stack. */
export const localTarget = ({ endpoint, region }: Pick<LocalOutputs, 'endpoint' | 'region'>): AwsTarget => ({
  endpoint,
  region,
  credentials: CREDENTIALS,
});

/**
 * The stage that a command works on: the one that its options name, by the ambient credentials, whatever registry
 * there is or is not; else the local stack.
 *
 * @param needed what the command works with
 * @throws CliError when options are missing and the registry is not the local stack
 */
export async function stageOf(
  { location }: Pick<CommandContext, 'location'>,
  options: StageOptions,
  needed: readonly Resource[],
): Promise<Stage> {
  const { table = '', bucket = '', bus = '' } = options;
  const missing = needed.filter((resource) => options[resource] === undefined);
  if (missing.length === 0) return { table, bucket, bus, aws: {} };
  const local = missing.length < needed.length ? undefined : (await location()).local;
  if (local === undefined) {
    const wanted = missing.map((resource) => `--${resource} ${OUTPUTS[resource]}`).join(' ');
    throw new CliError(`Name the stage by the outputs of its stack: ${wanted}.`);
  }
  const { tableName, bucketName, busName } = local;
  return { table: tableName, bucket: bucketName, bus: busName, aws: localTarget(local) };
}
