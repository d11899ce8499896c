import { type Command, InvalidArgumentError } from 'commander';
import type { AgentPage } from '../../lambdas/capability/list-agents.ts';
import type { ListedAgent } from '../../lambdas/capability/listed-agent.ts';
import type { CommandContext, OpenContext } from './command-context.ts';
import { printAgents } from './listed-agents.ts';

interface ListOptions {
  readonly [filter: string]: string | boolean | undefined;
  readonly all?: boolean;
}

/** The largest page that the API gives. */
const LARGEST_PAGE = '500';

function wholeNumber(text: string): string {
  if (/^\d+$/.test(text)) return text;
  throw new InvalidArgumentError('It is not a whole number.');
}

/** All pages as one. */
async function allPages({ client }: CommandContext, query: Record<string, string>): Promise<AgentPage> {
  const agents: ListedAgent[] = [];
  let page: AgentPage | undefined;
  do {
    const cursor = page?.nextCursor;
    page = await client.call<AgentPage>({
      method: 'GET',
      path: '/registry/agents',
      query: { limit: LARGEST_PAGE, ...query, cursor },
    });
    agents.push(...page.agents);
  } while (page.nextCursor);
  return { agents, total: page.total };
}

async function list(context: CommandContext, { all, ...filters }: ListOptions): Promise<void> {
  const query = filters as Record<string, string>;
  const page = all
    ? await allPages(context, query)
    : await context.client.call<AgentPage>({ method: 'GET', path: '/registry/agents', query });
  const { output } = context;
  if (context.json) return output.json(page);
  if (page.total === 0) return output.line('No agents.');
  printAgents(page.agents, output);
  const more = page.nextCursor ? '; --all shows all' : '';
  output.line(output.colours.dim(`\n${page.agents.length} of ${page.total} agents${more}`));
}

/** `list`: agents in the order of their ids, filtered as CONTRACT.md ("List") says. */
export const addList = (program: Command, open: OpenContext): Command =>
  program
    .command('list')
    .description('List agents; filters combine, and commas inside one mean all')
    .option('--status <status>', 'available, degraded, unavailable, or active, idle, error, maintenance')
    .option('--state <state>', 'active, idle, error or maintenance')
    .option('--type <type>', 'such as core, specialist, coordinator, utility')
    .option('--priority <n>', 'at least this priority, 1 to 10', wholeNumber)
    .option('--tools <names>', 'tools that it lists')
    .option('--capability <names>', 'capabilities that it has')
    .option('--domain <names>', 'domains that it works in')
    .option('--action <names>', 'actions that it offers')
    .option('--limit <n>', 'agents on a page, 1 to 500 (default: 50)', wholeNumber)
    .option('--offset <n>', 'agents to leave out', wholeNumber)
    .option('--cursor <cursor>', 'go on where a page ended')
    .option('--all', 'all pages')
    .action(async (options: ListOptions) => list(await open(), options));
