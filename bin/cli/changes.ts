import { setTimeout as delay } from 'node:timers/promises';
import type { Command } from 'commander';
import type { ChangeFeed } from '../../lambdas/agents/change-feed-schema.ts';
import type { CommandContext, OpenContext } from './command-context.ts';
import { wholeNumber } from './whole-number.ts';

interface Options {
  readonly since?: string;
  readonly limit: string;
  readonly follow?: boolean;
}

/** Between two looks at a feed that has nothing new, in milliseconds: entries settle within two seconds. */
const PAUSE = 1_000;

/** One line for each change; of a feed that is followed, `--json` prints an object a line. */
function print({ output, json }: CommandContext, { changes }: ChangeFeed): void {
  for (const change of changes) {
    const { at, type, agentId, revision, changedFields, reason } = change;
    if (json) output.line(JSON.stringify(change));
    else output.line(`${at}  ${type.padEnd(18)}  ${agentId}#${revision}  ${changedFields.join(', ') || reason}`);
  }
}

async function read(
  { client }: Pick<CommandContext, 'client'>,
  since: string | undefined,
  limit: string,
): Promise<ChangeFeed> {
  const query = { limit, ...(since !== undefined && { since }) };
  return (await client()).call<ChangeFeed>({ method: 'GET', path: '/registry/changes', query });
}

async function changes(context: CommandContext, { since, limit, follow = false }: Options): Promise<void> {
  if (context.json && !follow) return context.output.json(await read(context, since, limit));
  let cursor = since;
  do {
    const page = await read(context, cursor, limit);
    print(context, page);
    cursor = page.cursor;
    if (follow && page.changes.length < Number(limit)) await delay(PAUSE);
  } while (follow);
  context.output.line(context.output.colours.dim(`\nGo on with --since ${cursor}`));
}

/** `changes`: what happened to agents, oldest first (CONTRACT.md, "Changes"); `--follow` stays and shows what comes. */
export const addChanges = (program: Command, open: OpenContext): Command =>
  program
    .command('changes')
    .description('Show the changes of the last seven days, oldest first')
    .option('--since <cursor>', 'where to go on (default: the oldest that is kept)')
    .option('--limit <number>', 'changes at once, 1 to 1000', wholeNumber(1, 1_000), '100')
    .option('-f, --follow', 'stay, and show what comes')
    .action(async (options: Options) => changes(open(), options));
