import { randomUUID } from 'node:crypto';
import { type Command, Option } from 'commander';
import type { OpenContext } from './command-context.ts';
import { readAgentFile } from './read-agent-file.ts';

interface RegisterOptions {
  readonly onConflict?: 'rename' | 'reject' | 'merge';
}

/** `register`: one file, as a new agent. */
export const addRegister = (program: Command, open: OpenContext): Command =>
  program
    .command('register')
    .description('Register the agent of a file: a manifest, an A2A agent card, or Markdown with front matter')
    .argument('<file>', '.json or .md')
    .addOption(
      new Option('--on-conflict <resolution>', 'when its name is taken').choices(['rename', 'reject', 'merge']),
    )
    .action(async (file: string, { onConflict }: RegisterOptions) => {
      const { client, folder, json, output } = open();
      const agent = await readAgentFile(file, folder);
      const api = await client();
      const registered = await api.call<{ id: string; name: string; revision: number }>({
        method: 'POST',
        path: '/registry/agents',
        headers: { 'idempotency-key': randomUUID() },
        body: { ...agent, ...(onConflict && { conflictResolution: onConflict }) },
      });
      if (json) return output.json(registered);
      output.line(`Registered ${registered.id} (revision ${registered.revision}).`);
      if (registered.name !== agent.name)
        output.line(`Its name "${agent.name}" was taken; it is "${registered.name}".`);
    });
