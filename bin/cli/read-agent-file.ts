import { resolve } from 'node:path';
import { readAgentDocument } from '../../lambdas/discovery/agent-document.ts';
import type { FileAgent } from '../../lambdas/discovery/read-document.ts';
import { CliError } from './cli-error.ts';
import { originOf } from './file-origin.ts';
import { readTextFile } from './read-text-file.ts';

/**
 * The agent that a file describes.
 *
 * @param file as the user wrote it
 * @param folder where its path starts
 * @throws CliError when it describes none, with the reason
 */
export async function readAgentFile(file: string, folder: string): Promise<FileAgent> {
  const text = await readTextFile(file, folder);
  const read = readAgentDocument(file, text, await originOf(resolve(folder, file)));
  if (read.verdict === 'agent') return read.agent;
  const line = read.verdict === 'invalid' && read.line !== undefined ? `:${read.line}` : '';
  throw new CliError(`${file}${line}: ${read.reason}`);
}
