import { resolve } from 'node:path';
import type { Command } from 'commander';
import { MANIFEST_PREFIX } from '../../lambdas/discovery/contract.ts';
import { openBucket } from './bucket.ts';
import { CliError } from './cli-error.ts';
import type { CommandContext, OpenContext } from './command-context.ts';
import { fileReport } from './file-report.ts';
import { COPY_VERDICTS, type CopyResult } from './manifest-copies.ts';
import { pullManifests } from './pull-manifests.ts';
import { pushManifests } from './push-manifests.ts';
import { fileTrouble } from './read-text-file.ts';
import { type StageOptions, stageOf } from './stage.ts';

interface Place extends Pick<StageOptions, 'bucket'> {
  readonly prefix: string;
}

interface PushFlags extends Place {
  readonly dryRun?: boolean;
  readonly delete?: boolean;
  readonly confirmRemovals?: boolean;
}

/** What a copy is told to. */
interface Listener {
  readonly onStart: (total: number) => void;
  readonly onResult: (result: CopyResult) => void;
}

/** Makes a failure of S3 or the file system one that is told in plain words. */
function inPlainWords(error: unknown, folder: string): CliError {
  const { path, name, message } = error as NodeJS.ErrnoException;
  if (path !== undefined) return new CliError(`${folder}: ${fileTrouble(error)}`, { cause: error });
  return new CliError(`The bucket cannot be used: ${name}: ${message}`, { cause: error });
}

/** Runs a copy, with a report as the terminal, the log or the program needs it. */
async function copy(
  { json, output }: CommandContext,
  folder: string,
  work: (listener: Listener) => Promise<CopyResult[]>,
): Promise<CopyResult[]> {
  const report = fileReport(output, json, COPY_VERDICTS);
  let results: CopyResult[] | undefined;
  try {
    results = await work({ onStart: report.start, onResult: report.done });
    return results;
  } catch (error) {
    throw inPlainWords(error, folder);
  } finally {
    report.end(results);
  }
}

async function push(context: CommandContext, path: string, flags: PushFlags): Promise<void> {
  const { bucket, aws } = await stageOf(context, flags, ['bucket']);
  const folder = resolve(context.folder, path);
  const { prefix, dryRun = false, delete: remove = false, confirmRemovals = false } = flags;
  const results = await copy(context, path, (listener) =>
    pushManifests({
      folder,
      bucket,
      prefix,
      target: openBucket(aws),
      isDry: dryRun,
      remove,
      confirmRemovals,
      ...listener,
    }),
  );
  if (dryRun && !context.json) context.output.line('Nothing was written.');
  const [invalid, held] = (['invalid', 'held'] as const).map(
    (verdict) => results.filter((result) => result.verdict === verdict).length,
  );
  const faults = [
    ...(invalid ? [`${invalid} of ${results.length} are invalid, and were not pushed.`] : []),
    ...(held
      ? [
          `${held} manifests would go at once, which looks like a mistake: none did. If it is none, push with --confirm-removals.`,
        ]
      : []),
  ];
  if (faults.length > 0) throw new CliError(faults.join('\n'));
}

async function pull(context: CommandContext, path: string, flags: Place): Promise<void> {
  const { bucket, aws } = await stageOf(context, flags, ['bucket']);
  const folder = resolve(context.folder, path);
  const { prefix } = flags;
  await copy(context, path, (listener) =>
    pullManifests({ folder, bucket, prefix, target: openBucket(aws), ...listener }),
  );
}

/** Options that say where in which bucket. On AWS the caller needs `s3:ListBucket` and rights to the objects. */
const withPlace = (command: Command): Command =>
  command
    .option('--bucket <name>', 'output BucketName of the stage (default: the local stack)')
    .option('--prefix <prefix>', 'what keys begin with', MANIFEST_PREFIX);

/** `manifests`: between a folder of `{id}/manifest.json` and its like and the bucket that hot reload follows. */
export function addManifests(program: Command, open: OpenContext): Command {
  const manifests = program.command('manifests').description('Copy manifests between a folder and the bucket');
  withPlace(
    manifests
      .command('push')
      .description('Write to the bucket what differs; invalid manifests are not written')
      .argument('<folder>', 'folder of {id}/manifest.json, and of services {id}/server.json or service.json'),
  )
    .option('--dry-run', 'only tell what would be written')
    .option('--delete', 'delete from the bucket what the folder lacks')
    .option('--confirm-removals', 'delete however much it is')
    .action(async (folder: string, flags: PushFlags) => push(open(), folder, flags));
  withPlace(
    manifests
      .command('pull')
      .description('Write to the folder what differs in the bucket')
      .argument('<folder>', 'is made where it is not there'),
  ).action(async (folder: string, flags: Place) => pull(open(), folder, flags));
  return manifests;
}
