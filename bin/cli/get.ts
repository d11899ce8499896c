import type { Command } from 'commander';
import { isObject, type Json } from '../../lambdas/agents/merge.ts';
import { agentPath, type CommandContext, type OpenContext } from './command-context.ts';

/** The leaves of an agent as rows, `capabilities.core` and so on; what is empty is left out. */
function rowsOf(value: Json, path = ''): string[][] {
  return Object.entries(value).flatMap(([key, child]) => {
    const field = path ? `${path}.${key}` : key;
    if (child === null || (Array.isArray(child) && child.length === 0)) return [];
    if (isObject(child)) return rowsOf(child, field);
    const items = Array.isArray(child) ? child : [child];
    return [[field, items.map((item) => (typeof item === 'string' ? item : JSON.stringify(item))).join(', ')]];
  });
}

async function get({ client, json, output }: CommandContext, id: string): Promise<void> {
  const api = await client();
  const agent = await api.call<Json>({ method: 'GET', path: agentPath(id) });
  if (json) return output.json(agent);
  output.table(['FIELD', 'VALUE'], rowsOf(agent));
}

/** `get`: one agent, whole. */
export const addGet = (program: Command, open: OpenContext): Command =>
  program
    .command('get')
    .description('Show one agent')
    .argument('<id>', 'id of the agent')
    .action(async (id: string) => get(open(), id));
