import type { AwsTarget } from '../../lambdas/shared/aws-clients.ts';
import { CREDENTIALS } from '../local/aws-environment.ts';
import { CliError } from './cli-error.ts';
import type { RegistryLocation } from './registry-location.ts';

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

/**
 * The stage that a command works on: the one that its options name, by the ambient credentials; else the local stack.
 *
 * @param needed what the command works with
 * @throws CliError when options are missing and the registry is not the local stack
 */
export function stageOf({ local }: RegistryLocation, options: StageOptions, needed: readonly Resource[]): Stage {
  const { table = '', bucket = '', bus = '' } = options;
  if (needed.every((resource) => options[resource] !== undefined)) return { table, bucket, bus, aws: {} };
  const missing = needed.filter((resource) => options[resource] === undefined);
  if (local === undefined || missing.length < needed.length) {
    const wanted = missing.map((resource) => `--${resource} ${OUTPUTS[resource]}`).join(' ');
    throw new CliError(`Name the stage by the outputs of its stack: ${wanted}.`);
  }
  const { endpoint, region, tableName, bucketName, busName } = local;
  return { table: tableName, bucket: bucketName, bus: busName, aws: { endpoint, region, credentials: CREDENTIALS } };
}
