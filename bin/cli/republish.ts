import { type Command, InvalidArgumentError } from 'commander';
import { DynamoChangeLog } from '../../lambdas/agents/dynamo-change-log.ts';
import { EventBridgePublisher } from '../../lambdas/agents/event-bridge-publisher.ts';
import { republish } from '../../lambdas/agents/republish.ts';
import { createDocumentClient, createEventBridgeClient } from '../../lambdas/shared/aws-clients.ts';
import type { CommandContext, OpenContext } from './command-context.ts';
import { type StageOptions, stageOf } from './stage.ts';

interface Options extends StageOptions {
  readonly from: Date;
  readonly to: Date;
}

function moment(text: string): Date {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) throw new InvalidArgumentError('It is not a time such as 2026-11-21T10:00:00Z.');
  return date;
}

async function republishSpan({ location, json, output }: CommandContext, options: Options): Promise<void> {
  const { table, bus, aws } = stageOf(location, options, ['table', 'bus']);
  const log = new DynamoChangeLog(createDocumentClient(aws), table);
  const publisher = new EventBridgePublisher(createEventBridgeClient(aws), bus);
  const tell = (count: number) => {
    if (!json) output.line(`${count} changes announced`);
  };
  const span = { from: options.from.getTime(), to: options.to.getTime() };
  const published = await republish(log, publisher, { ...span, onProgress: tell });
  if (json) output.json({ published });
  else output.line(`Done: ${published} changes from ${options.from.toISOString()} to ${options.to.toISOString()}.`);
}

/**
 * `republish`: announces again what the change log holds of a span of time (it keeps seven days). On AWS the caller
 * needs `dynamodb:Query` on the table, `events:PutEvents` on the bus, and the publisher's tag (README, "Operating").
 */
export const addRepublish = (program: Command, open: OpenContext): Command =>
  program
    .command('republish')
    .description('Announce the changes of a span of time again')
    .requiredOption('--from <time>', 'first moment, ISO 8601', moment)
    .option('--to <time>', 'moment after the last (default: now)', moment, new Date())
    .option('--table <name>', 'output TableName of the stage (default: the local stack)')
    .option('--bus <name>', 'output BusName of the stage (default: the local stack)')
    .action(async (options: Options) => republishSpan(await open(), options));
