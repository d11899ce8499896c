import type { FoundAgent, SearchResult } from '../../lambdas/capability/search/search-schema.ts';
import { type AgentColumn, printAgents } from './listed-agents.ts';
import type { Output } from './output.ts';

/** Characters of the longest bar. */
const BAR = 24;

/** A registry of an older version does not tell it. */
const health: AgentColumn<FoundAgent> = { title: 'HEALTH', cell: ({ health = '' }) => health };

/** `capabilities scheduling; text weather (3.2)`: what an agent has of what was asked for. */
const why: AgentColumn<FoundAgent> = {
  title: 'WHY',
  cell: ({ explain }) => {
    const { score, ...lists } = explain ?? {};
    const parts = Object.entries(lists).filter(([, terms]) => terms.length > 0);
    const told = parts.map(([list, terms]) => `${list} ${terms.join(', ')}`).join('; ');
    return score === undefined ? told : `${told} (${score})`;
  },
};

/** Counts of one facet, each with a bar as long as its share of the greatest. */
function printFacet(name: string, counts: readonly { value: string; count: number }[], output: Output): void {
  const most = Math.max(...counts.map(({ count }) => count));
  const width = String(most).length;
  const rows = counts.map(({ value, count }) => [
    value,
    String(count).padStart(width),
    output.colours.cyan('█'.repeat(Math.ceil((count / most) * BAR))),
  ]);
  output.line();
  output.table([name.toUpperCase(), 'AGENTS', ''], rows);
}

/** What a search found, as tables: agents, with their reasons where they have some, then the counts. */
export function printFound({ agents, total, nextCursor, facets = {} }: SearchResult, output: Output): void {
  if (total === 0) {
    output.line('No agent is like that.');
    return;
  }
  const explained = agents.some(({ explain }) => explain !== undefined);
  if (agents.length > 0) printAgents(agents, output, explained ? [health, why] : [health]);
  for (const [name, counts] of Object.entries(facets)) if (counts.length > 0) printFacet(name, [...counts], output);
  const shown = nextCursor === undefined ? '' : `${agents.length} of `;
  const more = nextCursor === undefined ? '' : '; --all shows all';
  output.line(output.colours.dim(`\n${shown}${total} ${total === 1 ? 'agent' : 'agents'}${more}`));
}
