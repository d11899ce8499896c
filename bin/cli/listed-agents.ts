import type { ListedAgent } from '../../lambdas/capability/search/listed-agent.ts';
import type { Output } from './output.ts';

/** More than this of a cell is cut: a list shows which agents there are, `get` what they are. */
const MAX_CELL = 60;

const shortened = (text: string): string => (text.length > MAX_CELL ? `${text.slice(0, MAX_CELL - 1)}…` : text);

/** One column more than every table of agents has. */
export interface AgentColumn<Agent> {
  readonly title: string;
  readonly cell: (agent: Agent) => string;
}

/** Agents of a list or search as a table. */
export function printAgents<Agent extends ListedAgent>(
  agents: readonly Agent[],
  output: Output,
  more: readonly AgentColumn<Agent>[] = [],
): void {
  const { green, yellow, red } = output.colours;
  const colour = { available: green, degraded: yellow, unavailable: red };
  const rows = agents.map((agent) => {
    const { id, name, type, status, priority, capabilities } = agent;
    return [
      id,
      shortened(name),
      type,
      colour[status]?.(status) ?? status,
      String(priority),
      shortened(capabilities.join(', ')),
      ...more.map(({ cell }) => shortened(cell(agent))),
    ];
  });
  const titles = more.map(({ title }) => title);
  output.table(['ID', 'NAME', 'TYPE', 'STATUS', 'PRIORITY', 'CAPABILITIES', ...titles], rows);
}
