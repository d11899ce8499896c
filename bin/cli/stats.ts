import type { Command } from 'commander';
import { isObject, type Json } from '../../lambdas/agents/merge.ts';
import type { CommandContext, OpenContext } from './command-context.ts';

/** Longest part of a distribution that is shown; `--json` shows all of it. */
const TOP = 10;

/** `capabilityDistribution` becomes "Capability distribution". */
const title = (field: string): string =>
  field.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).replace(/^./, (letter) => letter.toUpperCase());

function printDistribution({ output }: CommandContext, field: string, counts: Json): void {
  const ordered = Object.entries(counts).sort(([, a], [, b]) => Number(b) - Number(a));
  if (ordered.length === 0) return;
  const more = ordered.length > TOP ? `, first ${TOP} of ${ordered.length}` : '';
  output.line(`\n${output.colours.bold(title(field))}${output.colours.dim(more)}`);
  for (const [name, count] of ordered.slice(0, TOP)) output.line(`  ${String(count).padStart(5)}  ${name}`);
}

async function stats(context: CommandContext): Promise<void> {
  const client = await context.client();
  const answer = await client.call<Json>({ method: 'GET', path: '/registry/stats' });
  if (context.json) return context.output.json(answer);
  for (const [field, value] of Object.entries(answer)) {
    if (isObject(value)) printDistribution(context, field, value);
    else context.output.line(`${title(field)}: ${value}`);
  }
}

/** `stats`: how many agents there are, and what they can do (CONTRACT.md, "Stats"). */
export const addStats = (program: Command, open: OpenContext): Command =>
  program
    .command('stats')
    .description('Count agents, capabilities, actions and domains')
    .action(async () => stats(open()));
