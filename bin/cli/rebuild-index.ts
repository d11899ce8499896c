import type { Command } from 'commander';
import { awsSources } from '../../lambdas/capability/aws-sources.ts';
import { rebuildBase } from '../../lambdas/capability/base/build-base.ts';
import { systemClock } from '../../lambdas/shared/clock.ts';
import type { CommandContext, OpenContext } from './command-context.ts';
import { type StageOptions, stageOf } from './stage.ts';

async function rebuildIndex(context: CommandContext, options: StageOptions): Promise<void> {
  const { json, output } = context;
  const { table, bucket, aws } = await stageOf(context, options, ['table', 'bucket']);
  const sources = awsSources({ TABLE_NAME: table, BUCKET_NAME: bucket }, aws);
  const report = await rebuildBase({ ...sources, clock: systemClock });
  if (json) output.json(report);
  else if (report.written) output.line(`Wrote a base of ${report.agents} agents.`);
  else output.line('A base that covers more was written meanwhile; nothing is left to do.');
}

/**
 * `rebuild-index`: writes a base snapshot from the table itself, whatever bases there are. On AWS the caller needs
 * `dynamodb:Query` on the table and its index, `dynamodb:PutItem` on the table, and `s3:PutObject` on `index/*`.
 */
export const addRebuildIndex = (program: Command, open: OpenContext): Command =>
  program
    .command('rebuild-index')
    .description('Write a base snapshot of the index from the table')
    .option('--table <name>', 'output TableName of the stage (default: the local stack)')
    .option('--bucket <name>', 'output BucketName of the stage (default: the local stack)')
    .action(async (options: StageOptions) => rebuildIndex(open(), options));
