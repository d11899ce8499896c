import type { Command } from 'commander';
import { isObject, type Json } from '../../lambdas/agents/merge.ts';
import { isA2aCard } from '../../lambdas/discovery/reading/a2a-card.ts';
import { extensionOf } from '../../lambdas/discovery/reading/document-extension.ts';
import { addAssignment } from './assignments.ts';
import { CliError } from './cli-error.ts';
import { agentPath, type OpenContext } from './command-context.ts';
import { readAgentFile } from './read-agent-file.ts';
import { readTextFile } from './read-text-file.ts';

interface UpdateOptions {
  readonly set?: Json;
}

function parseObject(file: string, text: string): Json {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new CliError(`${file}: not valid JSON: ${(error as Error).message}`, { cause: error });
  }
  if (isObject(value)) return value;
  throw new CliError(`${file}: a merge patch is a JSON object.`);
}

/**
 * What a file says of an agent, as a merge patch: JSON is sent as it is (a manifest, or only what shall change, where
 * `null` deletes), a card or an agent file as what it means. The id stays as it is.
 */
async function patchOfFile(file: string, folder: string): Promise<Json> {
  const json = extensionOf(file) === 'json' ? parseObject(file, await readTextFile(file, folder)) : undefined;
  if (json && !isA2aCard(json)) {
    const { $schema: _, id: __, agent_id: ___, ...patch } = json;
    return patch;
  }
  const { id: _, filePath: __, ...patch } = await readAgentFile(file, folder);
  return patch;
}

/** `update`: changes fields of an agent by a JSON merge patch (RFC 7396). */
export const addUpdate = (program: Command, open: OpenContext): Command =>
  program
    .command('update')
    .description('Change an agent by a file, or field by field')
    .argument('<id>', 'id of the agent')
    .argument('[file]', 'a JSON merge patch, or a file as for register')
    .option('--set <path=value>', 'set one field; more than once for several; null deletes', addAssignment)
    .addHelpText('after', '\nExample: update calendar --set config.priority=9 --set operatorMode=maintenance')
    .action(async (id: string, file: string | undefined, { set }: UpdateOptions, command: Command) => {
      if ((file === undefined) === (set === undefined)) {
        command.error('error: give either a file or at least one --set path=value');
      }
      const { client, folder, json, output } = open();
      const body = set ?? (await patchOfFile(file as string, folder));
      const api = await client();
      const agent = await api.call<{ revision: number }>({ method: 'PUT', path: agentPath(id), body });
      if (json) output.json(agent);
      else output.line(`${id} is at revision ${agent.revision}.`);
    });
