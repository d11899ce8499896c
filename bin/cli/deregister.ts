import type { Command } from 'commander';
import { agentPath, type OpenContext } from './command-context.ts';

interface DeregisterOptions {
  readonly force?: boolean;
  readonly migrateTasks?: boolean;
}

/** `deregister`: removes an agent. */
export const addDeregister = (program: Command, open: OpenContext): Command =>
  program
    .command('deregister')
    .description('Remove an agent')
    .argument('<id>', 'id of the agent')
    .option('--force', 'even while it has tasks')
    .option('--migrate-tasks', 'hand its tasks to others')
    .action(async (id: string, options: DeregisterOptions) => {
      const { client, json, output } = open();
      const query = { ...(options.force && { force: 'true' }), ...(options.migrateTasks && { migrateTasks: 'true' }) };
      const api = await client();
      await api.call({ method: 'DELETE', path: agentPath(id), query });
      if (json) output.json({ id, deregistered: true });
      else output.line(`Deregistered ${id}.`);
    });
