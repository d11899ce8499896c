import { type Command, InvalidArgumentError } from 'commander';
import type { SearchRequest, SearchResult } from '../../lambdas/capability/search/search-schema.ts';
import type { CommandContext, OpenContext } from './command-context.ts';
import { printAgents } from './listed-agents.ts';

interface SearchOptions {
  readonly capabilities?: string[];
  readonly domains?: string[];
  readonly actions?: string[];
  readonly mode: 'all' | 'any';
  readonly any?: boolean;
}

/** An option may be given more than once, and with several terms between commas. */
const collect = (text: string, earlier: string[] = []): string[] => {
  const terms = text.split(',').map((term) => term.trim());
  if (terms.includes('')) throw new InvalidArgumentError('A term is empty.');
  return [...earlier, ...terms];
};

function modeOf(text: string): string {
  if (text === 'all' || text === 'any') return text;
  throw new InvalidArgumentError('It is all or any.');
}

async function search({ client, json, output }: CommandContext, body: SearchRequest): Promise<void> {
  const api = await client();
  const result = await api.call<SearchResult>({ method: 'POST', path: '/registry/search', body });
  if (json) return output.json(result);
  if (result.total === 0) return output.line('No agent can do that.');
  printAgents(result.agents, output);
  output.line(output.colours.dim(`\n${result.total} ${result.total === 1 ? 'agent' : 'agents'}`));
}

/** `search`: agents by what they can do (CONTRACT.md, "Search"). */
export const addSearch = (program: Command, open: OpenContext): Command =>
  program
    .command('search')
    .description('Find agents by capabilities, domains and actions')
    .argument('[capabilities...]', 'capabilities, each exactly as the agent writes it')
    .option('--capability, --capabilities <terms>', 'capabilities, several between commas', collect)
    .option('--domain, --domains <terms>', 'domains, several between commas', collect)
    .option('--action, --actions <terms>', 'actions, several between commas', collect)
    .option('--mode <mode>', 'all: agents that match every term; any: those that match one', modeOf, 'all')
    .option('--any', 'the same as --mode any')
    .addHelpText('after', '\nExample: search travel-planning booking --domain weather --any')
    .action(async (named: string[], options: SearchOptions, command: Command) => {
      const { capabilities = [], domains = [], actions = [], mode, any } = options;
      const body: SearchRequest = {
        capabilities: [...named, ...capabilities],
        domains,
        actions,
        mode: any ? 'any' : mode,
      };
      if (named.length + capabilities.length + domains.length + actions.length === 0) {
        command.error('error: name at least one capability, domain or action');
      }
      await search(open(), body);
    });
