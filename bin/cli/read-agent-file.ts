import { readAgentDocument } from '../../lambdas/discovery/agent-document.ts';
import type { FileAgent } from '../../lambdas/discovery/read-document.ts';
import { CliError } from './cli-error.ts';
import { filePathOf } from './file-path.ts';
import { readTextFile } from './read-text-file.ts';

/** The agent that a file describes. Throws CliError when it describes none, with the reason. */
export async function readAgentFile(file: string): Promise<FileAgent> {
  const read = readAgentDocument(filePathOf(file), await readTextFile(file));
  if (read.verdict === 'agent') return read.agent;
  const line = read.verdict === 'invalid' && read.line !== undefined ? `:${read.line}` : '';
  throw new CliError(`${file}${line}: ${read.reason}`);
}
