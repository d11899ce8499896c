import { type Command, InvalidArgumentError, Option } from 'commander';
import { parseMinRevision } from '../../lambdas/capability/min-revision.ts';
import { FACET_NAMES, type FacetName } from '../../lambdas/capability/search/facets.ts';
import { STATUS_WORDS } from '../../lambdas/capability/search/filter-expressions.ts';
import { SORTS } from '../../lambdas/capability/search/search-order.ts';
import type { SearchRequest } from '../../lambdas/capability/search/search-schema.ts';
import type { OpenContext } from './command-context.ts';
import { findAgents } from './find-agents.ts';
import { printFound } from './found-agents.ts';
import { MIN_REVISION_OPTION, minRevisionText } from './min-revision.ts';
import { wholeNumber } from './whole-number.ts';

interface SearchOptions extends Pick<SearchRequest, 'type' | 'status' | 'sort' | 'cursor'> {
  readonly capabilities?: string[];
  readonly domains?: string[];
  readonly actions?: string[];
  readonly tools?: string[];
  readonly mode: 'all' | 'any';
  readonly any?: boolean;
  readonly text?: string;
  readonly minPriority?: string;
  readonly healthy?: boolean;
  readonly facets?: string[];
  readonly explain?: boolean;
  readonly limit?: string;
  readonly all?: boolean;
  readonly minRevision?: string;
}

/** More agents than this nobody reads in a terminal; `--all` has no end. */
const LARGEST_LIMIT = 1_000_000;

/** An option may be given more than once, and with several terms between commas. */
const collect = (text: string, earlier: string[] = []): string[] => {
  const terms = text.split(',').map((term) => term.trim());
  if (terms.includes('')) throw new InvalidArgumentError('A term is empty.');
  return [...earlier, ...terms];
};

function collectFacets(text: string, earlier?: string[]): string[] {
  const facets = collect(text, earlier);
  const known: readonly string[] = FACET_NAMES;
  if (facets.every((name) => known.includes(name))) return [...new Set(facets)];
  throw new InvalidArgumentError(`It is one of ${known.join(', ')}.`);
}

function modeOf(text: string): string {
  if (text === 'all' || text === 'any') return text;
  throw new InvalidArgumentError('It is all or any.');
}

/** What is asked; what was not given is left out. */
function bodyOf(named: readonly string[], options: SearchOptions): SearchRequest {
  const { capabilities = [], domains = [], actions = [], tools, mode, any, text, healthy, explain } = options;
  const { type, minPriority, status, sort, cursor, facets, minRevision } = options;
  const body: SearchRequest = {
    capabilities: [...named, ...capabilities],
    domains,
    actions,
    ...(tools && { tools }),
    mode: any ? 'any' : mode,
    ...(text !== undefined && { q: text }),
    ...(type !== undefined && { type }),
    ...(minPriority !== undefined && { minPriority: Number(minPriority) }),
    ...(status && { status }),
    ...(healthy && { healthyOnly: true }),
    ...(sort && { sort }),
    ...(cursor !== undefined && { cursor }),
    ...(facets && { facets: facets as FacetName[] }),
    ...(explain && { explain: true }),
    ...(minRevision && { minRevision: parseMinRevision(minRevision) }),
  };
  return body;
}

const asksSomething = ({ capabilities = [], domains = [], actions = [], tools = [], ...filters }: SearchRequest) =>
  [...capabilities, ...domains, ...actions, ...tools].length > 0 ||
  (['q', 'type', 'minPriority', 'status', 'healthyOnly'] as const).some((filter) => filters[filter] !== undefined);

/** How many agents are wanted: see {@link findAgents}. */
const wantedBy = ({ all, limit = '0' }: SearchOptions): number => (all ? Number.POSITIVE_INFINITY : Number(limit));

/** `search`: agents by what they can do, what they say of themselves and how they are (CONTRACT.md, "Search"). */
export const addSearch = (program: Command, open: OpenContext): Command =>
  program
    .command('search')
    .description('Find agents by what they can do, by words, and by how they are')
    .argument('[capabilities...]', 'capabilities, each exactly as the agent writes it')
    .option('--capability, --capabilities <terms>', 'capabilities, several between commas', collect)
    .option('--domain, --domains <terms>', 'domains, several between commas', collect)
    .option('--action, --actions <terms>', 'actions, several between commas', collect)
    .option('--tool, --tools <terms>', 'tools, exact or prefix*, several between commas', collect)
    .option('--mode <mode>', 'all: agents that match every term; any: those that match one', modeOf, 'all')
    .option('--any', 'the same as --mode any')
    .option('--text <words>', 'words of the name and description; beginnings and small mistakes will do')
    .option('--type <type>', 'such as core, specialist, coordinator, utility')
    .option('--min-priority <n>', 'at least this priority, 1 to 10', wholeNumber(1, 10))
    .addOption(new Option('--status <status>', 'how the agent is').choices(STATUS_WORDS))
    .option('--healthy', 'only agents whose health is healthy')
    .addOption(new Option('--sort <order>', 'id, unless there is a text').choices(SORTS))
    .option('--limit <n>', 'agents at most (default: a page of 500)', wholeNumber(1, LARGEST_LIMIT))
    .option('--cursor <cursor>', 'go on where a page ended')
    .option('--all', 'all pages')
    .option('--facet, --facets <names>', `what to count: ${FACET_NAMES.join(', ')}`, collectFacets)
    .option('--explain', 'tell why each agent was found')
    .option(...MIN_REVISION_OPTION, minRevisionText)
    .addHelpText('after', '\nExample: search travel-planning booking --domain weather --any --facet status')
    .action(async (named: string[], options: SearchOptions, command: Command) => {
      const body = bodyOf(named, options);
      if (!asksSomething(body)) {
        command.error('error: name at least one capability, domain, action or tool, --text, or a filter');
      }
      if (body.sort === 'relevance' && body.q === undefined) command.error('error: --sort relevance needs --text');
      const { client, json, output } = open();
      const result = await findAgents(await client(), body, wantedBy(options));
      if (json) output.json(result);
      else printFound(result, output);
    });
