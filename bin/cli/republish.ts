import { type Command, InvalidArgumentError } from 'commander';
import { DynamoChangeLog } from '../../lambdas/agents/dynamo-change-log.ts';
import { EventBridgePublisher } from '../../lambdas/agents/event-bridge-publisher.ts';
import { republish } from '../../lambdas/agents/republish.ts';
import { createDocumentClient, createEventBridgeClient } from '../../lambdas/shared/aws-clients.ts';
import type { CommandContext, OpenContext } from './command-context.ts';
import { type StageOptions, stageOf } from './stage.ts';

interface Options extends StageOptions {
  readonly from: Date;
  readonly to?: Date;
}

/** A span of the log: `from` inclusive, `to` exclusive. */
interface Span {
  readonly from: Date;
  readonly to: Date;
}

function moment(text: string): Date {
  const date = new Date(text);
  const isIso = /^\d{4}-\d{2}-\d{2}/.test(text);
  if (isIso && !Number.isNaN(date.getTime())) return date;
  throw new InvalidArgumentError('It is not a time such as 2026-11-21T10:00:00Z.');
}

/** What is wrong with a span: a mistyped one must not look like one without changes. */
function troubleOf({ from, to }: Span, now: Date): string | undefined {
  if (from > now) return '--from is in the future';
  return from < to ? undefined : '--from must be before --to';
}

async function republishSpan(context: CommandContext, { from, to }: Span, options: Options): Promise<void> {
  const { json, output } = context;
  const { table, bus, aws } = await stageOf(context, options, ['table', 'bus']);
  const log = new DynamoChangeLog(createDocumentClient(aws), table);
  const publisher = new EventBridgePublisher(createEventBridgeClient(aws), bus);
  const tell = (count: number) => {
    if (!json) output.line(`${count} changes announced`);
  };
  const published = await republish(log, publisher, { from: from.getTime(), to: to.getTime(), onProgress: tell });
  if (json) output.json({ published });
  else output.line(`Done: ${published} changes from ${from.toISOString()} to ${to.toISOString()}.`);
}

/**
 * `republish`: announces again what the change log holds of a span of time (it keeps seven days). On AWS the caller
 * needs `dynamodb:Query` on the table, `events:PutEvents` on the bus, and the publisher's tag (RUNBOOK, "Republishing").
 */
export const addRepublish = (program: Command, open: OpenContext): Command =>
  program
    .command('republish')
    .description('Announce the changes of a span of time again')
    .requiredOption('--from <time>', 'first moment, ISO 8601', moment)
    .option('--to <time>', 'moment after the last (default: now)', moment)
    .option('--table <name>', 'output TableName of the stage (default: the local stack)')
    .option('--bus <name>', 'output BusName of the stage (default: the local stack)')
    .action(async (options: Options, command: Command) => {
      const now = new Date();
      const span = { from: options.from, to: options.to ?? now };
      const trouble = troubleOf(span, now);
      if (trouble) command.error(`error: ${trouble}`);
      await republishSpan(open(), span, options);
    });
