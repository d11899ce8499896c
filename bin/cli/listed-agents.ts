import type { ListedAgent } from '../../lambdas/capability/search/listed-agent.ts';
import type { Output } from './output.ts';

/** More than this of a cell is cut: a list shows which agents there are, `get` what they are. */
const MAX_CELL = 60;

const shortened = (text: string): string => (text.length > MAX_CELL ? `${text.slice(0, MAX_CELL - 1)}…` : text);

/** Agents of a list or search as a table. */
export function printAgents(agents: readonly ListedAgent[], output: Output): void {
  const { green, yellow, red } = output.colours;
  const colour = { available: green, degraded: yellow, unavailable: red };
  const rows = agents.map(({ id, name, type, status, priority, capabilities }) => [
    id,
    shortened(name),
    type,
    colour[status]?.(status) ?? status,
    String(priority),
    shortened(capabilities.join(', ')),
  ]);
  output.table(['ID', 'NAME', 'TYPE', 'STATUS', 'PRIORITY', 'CAPABILITIES'], rows);
}
