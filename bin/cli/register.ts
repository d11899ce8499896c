import { randomUUID } from 'node:crypto';
import { type Command, Option } from 'commander';
import { readAgentDocument } from '../../lambdas/discovery/agent-document.ts';
import type { FileAgent } from '../../lambdas/discovery/read-document.ts';
import { CliError } from './cli-error.ts';
import type { OpenContext } from './command-context.ts';
import { filePathOf } from './file-path.ts';
import { readTextFile } from './read-text-file.ts';

interface RegisterOptions {
  readonly onConflict?: 'rename' | 'reject' | 'merge';
}

/** The agent that a file describes. Throws CliError when it describes none, with the reason. */
export async function readAgentFile(file: string): Promise<FileAgent> {
  const read = readAgentDocument(filePathOf(file), await readTextFile(file));
  if (read.verdict === 'agent') return read.agent;
  const line = read.verdict === 'invalid' && read.line !== undefined ? `:${read.line}` : '';
  throw new CliError(`${file}${line}: ${read.reason}`);
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
      const agent = await readAgentFile(file);
      const { client, json, output } = await open();
      const registered = await client.call<{ id: string; name: string; revision: number }>({
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
