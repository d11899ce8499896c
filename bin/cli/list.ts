import { type Command, InvalidArgumentError, Option } from 'commander';
import { type FILTER_NAMES, parseAgentFilter } from '../../lambdas/capability/search/agent-filter.ts';
import type { AgentPage } from '../../lambdas/capability/search/list-schema.ts';
import type { ListedAgent } from '../../lambdas/capability/search/listed-agent.ts';
import { ValidationError } from '../../lambdas/shared/errors.ts';
import type { ApiClient } from './api-client.ts';
import type { CommandContext, OpenContext } from './command-context.ts';
import { printAgents } from './listed-agents.ts';
import { MIN_REVISION_OPTION, minRevisionText } from './min-revision.ts';
import { wholeNumber } from './whole-number.ts';

interface ListOptions {
  readonly [filter: string]: string | boolean | undefined;
  readonly all?: boolean;
}

type Query = Readonly<Record<string, string | undefined>>;

/** The largest page that the API gives (CONTRACT.md, "List"). */
const LARGEST_PAGE = 500;
const LARGEST_OFFSET = 10_000;

/** A filter that the API would take. */
const filter =
  (name: (typeof FILTER_NAMES)[number]) =>
  (text: string): string => {
    try {
      parseAgentFilter({ [name]: text });
      return text;
    } catch (error) {
      if (error instanceof ValidationError) throw new InvalidArgumentError(`It ${error.errors[0]?.message}.`);
      throw error;
    }
  };

const onePage = (client: ApiClient, query: Query): Promise<AgentPage> =>
  client.call<AgentPage>({ method: 'GET', path: '/registry/agents', query });

/** All pages as one. A cursor says where to go on, so what was to be left out has been by then. */
async function allPages(client: ApiClient, query: Query): Promise<AgentPage> {
  const first: Query = { limit: String(LARGEST_PAGE), ...query };
  const { offset: _, ...further } = first;
  let page = await onePage(client, first);
  const agents: ListedAgent[] = [...page.agents];
  while (page.nextCursor) {
    page = await onePage(client, { ...further, cursor: page.nextCursor });
    agents.push(...page.agents);
  }
  return { agents, total: page.total };
}

async function list(context: CommandContext, { all, ...filters }: ListOptions): Promise<void> {
  const client = await context.client();
  const page = await (all ? allPages : onePage)(client, filters as Query);
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
    .option(
      '--status <status>',
      'available, degraded, unavailable, or active, idle, error, maintenance',
      filter('status'),
    )
    .option('--state <state>', 'active, idle, error or maintenance', filter('state'))
    .option('--type <type>', 'such as core, specialist, coordinator, utility', filter('type'))
    .option('--priority <n>', 'at least this priority, 1 to 10', filter('priority'))
    .option('--tools <names>', 'tools that it lists, exact or prefix*', filter('tools'))
    .option('--capability <names>', 'capabilities that it has', filter('capability'))
    .option('--domain <names>', 'domains that it works in', filter('domain'))
    .option('--action <names>', 'actions that it offers', filter('action'))
    .option('--limit <n>', 'agents on a page, 1 to 500 (default: 50)', wholeNumber(1, LARGEST_PAGE))
    .addOption(
      new Option('--offset <n>', `agents to leave out, at most ${LARGEST_OFFSET}`)
        .argParser(wholeNumber(0, LARGEST_OFFSET))
        .conflicts('cursor'),
    )
    .option('--cursor <cursor>', 'go on where a page ended')
    .option('--all', 'all pages')
    .option(...MIN_REVISION_OPTION, minRevisionText)
    .action(async (options: ListOptions) => list(open(), options));
