import { realpath, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { FolderManifestSource } from '../../lambdas/discovery/folder-manifest-source.ts';
import { systemClock } from '../../lambdas/shared/clock.ts';
import { stopRequest } from '../local/stop-request.ts';
import { ApiLayers } from './api-layers.ts';
import { ApiProblemError } from './api-problem-error.ts';
import { CliError } from './cli-error.ts';
import type { CommandContext, OpenContext } from './command-context.ts';
import { DryLayers } from './dry-layers.ts';
import { folderOriginOf } from './file-origin.ts';
import { FolderNames } from './folder-names.ts';
import { FolderSync } from './folder-sync.ts';
import { readManifest } from './read-manifest.ts';
import { fileTrouble } from './read-text-file.ts';
import { printDifference, printResult, summaryOfSync } from './sync-report.ts';
import type { SyncReport, SyncResult } from './sync-result.ts';
import { ForgottenSnapshot, SyncStateFile } from './sync-state.ts';
import { watchFolder } from './sync-watch.ts';

interface SyncFlags {
  readonly watch?: boolean;
  readonly dryRun?: boolean;
  readonly confirmRemovals?: boolean;
}

/** The real path of a folder. Throws CliError when it is none. */
async function realFolder(folder: string, path: string): Promise<string> {
  try {
    const real = await realpath(resolve(folder, path));
    if ((await stat(real)).isDirectory()) return real;
  } catch (error) {
    throw new CliError(`${path}: ${fileTrouble(error)}`, { cause: error });
  }
  throw new CliError(`${path}: it is a file, not a folder`);
}

/** A folder that is about to be brought into the registry, and where it is. */
async function openSync(context: CommandContext, path: string, isDry: boolean, onResult: (result: SyncResult) => void) {
  const folder = await realFolder(context.folder, path);
  const client = await context.client();
  const place = { directory: join(context.localFolder, 'sync'), registry: client.baseUrl, folder };
  const state = await SyncStateFile.open(place, await folderOriginOf(folder));
  const names = new FolderNames(path, state.origin);
  const layers = new ApiLayers(client);
  const dry = isDry ? new DryLayers(layers) : undefined;
  const sync = new FolderSync({
    source: new FolderManifestSource(folder, { pattern: 'documents', originOf: (key) => names.originOf(key) }),
    names,
    layers: dry ?? layers,
    snapshots: dry ? new ForgottenSnapshot((await state.load()).snapshot) : state,
    read: readManifest,
    clock: systemClock,
    ...(dry && { fieldsOf: (id: string) => dry.fieldsOf(id) }),
    onResult,
  });
  return { folder, sync };
}

/** What is in the way of a sync, in plain words. */
function troubleOf(error: unknown): string {
  if (error instanceof ApiProblemError) return error.explainShortly();
  const { path, message } = error as NodeJS.ErrnoException;
  return path === undefined ? message : `${path}: ${fileTrouble(error)}`;
}

/** What keeps a sync from being all done, a sentence each. */
function faultsOf({ results, held, error }: SyncReport): string[] {
  const refused = results.filter(({ verdict }) => verdict === 'refused').length;
  return [
    ...(error === undefined ? [] : [`It could not be done to the end: ${troubleOf(error)}`]),
    ...(held === undefined ? [] : [heldSentence(held)]),
    ...(refused === 0 ? [] : [`${refused} ${refused === 1 ? 'file is' : 'files are'} refused.`]),
  ];
}

const heldSentence = ({ count, of }: NonNullable<SyncReport['held']>): string =>
  `${count} of ${of} agents would go at once, which looks like a mistake: none of them was removed. ` +
  'If it is none, sync again with --confirm-removals.';

async function syncOnce(context: CommandContext, path: string, flags: SyncFlags): Promise<void> {
  const { json, output } = context;
  const { dryRun = false, confirmRemovals = false } = flags;
  const isTold = !json && !dryRun;
  const { sync } = await openSync(context, path, dryRun, (result) => {
    if (isTold) printResult(result, output);
  });
  const report = await sync.sync({ confirmRemovals });
  if (json) output.json(report.results);
  else if (dryRun) printDifference(report.results, output);
  else output.line(summaryOfSync(report.results));
  const faults = faultsOf(report);
  if (faults.length > 0) throw new CliError(faults.join('\n'));
}

async function syncAndWatch(
  context: CommandContext,
  path: string,
  { confirmRemovals = false }: SyncFlags,
): Promise<void> {
  const { json, output } = context;
  const { dim, red } = output.colours;
  const signal = stopRequest(process);
  const tell = (result: object, line: string) => output.line(json ? JSON.stringify(result) : line);
  const { folder, sync } = await openSync(context, path, false, (result) => {
    if (json) output.line(JSON.stringify(result));
    else printResult(result, output);
  });
  let [first, held] = [true, 0];
  await watchFolder({
    folder,
    signal,
    async sync() {
      const report = await sync.sync({ confirmRemovals, mayGoOn: () => !signal.aborted });
      const { count = 0 } = report.held ?? {};
      if (report.held && count !== held) tell({ verdict: 'held', count }, red(heldSentence(report.held)));
      held = count;
      if (report.error !== undefined) return troubleOf(report.error);
      if (first && !json) output.line(`${summaryOfSync(report.results)}\n${dim(`Watching ${path}; Ctrl-C ends it.`)}`);
      first = false;
      return undefined;
    },
    onTrouble: (trouble) =>
      trouble === undefined
        ? tell({ verdict: 'resumed' }, 'It goes on.')
        : tell({ verdict: 'waiting', reason: trouble }, red(`${trouble} It is tried again until it succeeds.`)),
  });
}

/** `sync`: a folder's agents as the layer `filesystem` of the registry, once or as long as it runs. */
export const addSync = (program: Command, open: OpenContext): Command =>
  program
    .command('sync')
    .description('Bring the agents of a folder into the registry, and take away those whose files went')
    .argument('<folder>', 'manifests, A2A agent cards and Markdown with front matter, at any depth')
    .option('--watch', 'stay, and follow what happens in the folder')
    .option('--dry-run', 'print the difference, and write nothing')
    .option('--confirm-removals', 'let go what so many missing files would hold back')
    .action(async (folder: string, flags: SyncFlags, command: Command) => {
      if (flags.watch && flags.dryRun) command.error('error: --dry-run does not watch');
      await (flags.watch ? syncAndWatch : syncOnce)(open(), folder, flags);
    });
