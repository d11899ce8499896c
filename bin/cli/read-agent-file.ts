import { resolve } from 'node:path';
import type { FileAgent } from '../../lambdas/discovery/reading/read-document.ts';
import { CliError } from './cli-error.ts';
import { namedPlace, originOf } from './file-origin.ts';
import { placeOf } from './file-report.ts';
import { readManifest } from './read-manifest.ts';
import { readBytes } from './read-text-file.ts';

/**
 * The agent that a file describes.
 *
 * @param file as the user wrote it
 * @param folder where its path starts
 * @throws CliError when it describes none, with the reason
 */
export async function readAgentFile(file: string, folder: string): Promise<FileAgent> {
  const content = await readBytes(file, folder);
  const read = readManifest(namedPlace(file), content, await originOf(resolve(folder, file)));
  if (read.verdict === 'agent') return read.agent;
  if (read.verdict === 'service') throw new CliError(`${file}: it describes the service ${read.service.id}, no agent`);
  throw new CliError(`${placeOf({ path: file, ...read })}: ${read.reason}`);
}
