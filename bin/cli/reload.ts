import type { Command } from 'commander';
import type { ReloadReport, ReloadStatus } from '../../lambdas/discovery/reload-status.ts';
import { RELOAD_SOURCES } from '../../lambdas/discovery/reload-terms.ts';
import { CliError } from './cli-error.ts';
import type { CommandContext, OpenContext } from './command-context.ts';
import type { Output } from './output.ts';

interface ReloadFlags {
  readonly status?: boolean;
  readonly confirmRemovals?: boolean;
}

const PATH = '/registry/reload';

/** How each source is doing, one row each. */
function printSources({ sources }: ReloadStatus, output: Output): void {
  const rows = RELOAD_SOURCES.map((source) => {
    const { enabled, isPolling, lastPollAt, lastChangeAt, totalAgents, pollCount, errorCount } = sources[source];
    const state = !enabled ? 'off' : isPolling ? 'polling' : 'waiting';
    return [source, state, ...[totalAgents, pollCount, errorCount].map(String), lastPollAt ?? '', lastChangeAt ?? ''];
  });
  output.table(['SOURCE', 'STATE', 'AGENTS', 'POLLS', 'ERRORS', 'LAST POLL', 'LAST CHANGE'], rows);
}

/** What the reload did with each source that is followed, one row each. */
function printReports({ sources }: ReloadReport, output: Output): void {
  const rows = RELOAD_SOURCES.flatMap((source) => {
    const report = sources[source];
    if (report === undefined) return [];
    const { outcome, addedCount, updatedCount, removedCount, unchanged, failed, held, error = '' } = report;
    const counts = [addedCount, updatedCount, removedCount, unchanged, failed, held].map(String);
    return [[source, outcome, ...counts, error]];
  });
  const head = ['SOURCE', 'OUTCOME', 'ADDED', 'UPDATED', 'REMOVED', 'UNCHANGED', 'REFUSED', 'HELD', 'ERROR'];
  output.table(head, rows);
}

/** Manifests of which there is something to say: what is refused, what should be mended, what is held back. */
function printConcerns({ failures, failureCount, warnings, held }: ReloadStatus, output: Output): void {
  const { red, yellow } = output.colours;
  const place = ({ key, line }: { readonly key: string; readonly line?: number }) =>
    line === undefined ? key : `${key}:${line}`;
  for (const failure of failures) {
    output.line(`${red('refused')}  ${failure.source} ${place(failure)}: ${failure.reason} (${failure.step})`);
  }
  if (failureCount > failures.length) output.line(red(`and ${failureCount - failures.length} more`));
  for (const warning of warnings) {
    output.line(`${yellow('warning')}  ${warning.source} ${place(warning)}: ${warning.reason}`);
  }
  for (const { source, count, of, since } of held) {
    output.line(
      `${red('held')}     ${source}: ${count} of ${of} agents are missing since ${since}; if they are meant to go, ` +
        'reload with --confirm-removals',
    );
  }
}

/** What somebody has to see to, a sentence each. */
function faultsOf({ failureCount, held }: ReloadStatus, { sources }: Pick<ReloadReport, 'sources'>): string[] {
  const failed = RELOAD_SOURCES.filter((source) => sources[source]?.outcome === 'failed');
  const busy = RELOAD_SOURCES.some((source) => sources[source]?.outcome === 'busy');
  return [
    ...failed.map((source) => `The source ${source} could not be polled: ${sources[source]?.error ?? 'no reason'}.`),
    ...(busy ? ['Another reload was under way, and did not end in time: try again.'] : []),
    ...(failureCount > 0 ? [`${failureCount} ${failureCount === 1 ? 'manifest is' : 'manifests are'} refused.`] : []),
    ...(held.length > 0 ? [`Removals of ${held.map(({ source }) => source).join(' and ')} are held back.`] : []),
  ];
}

async function reload({ client, json, output }: CommandContext, flags: ReloadFlags): Promise<void> {
  const api = await client();
  const { status: onlyStatus = false, confirmRemovals = false } = flags;
  const status = onlyStatus ? await api.call<ReloadStatus>({ method: 'GET', path: PATH }) : undefined;
  const report = status
    ? { sources: {}, status }
    : await api.call<ReloadReport>({ method: 'POST', path: PATH, body: { confirmRemovals } });
  if (json) output.json(status ?? report);
  else {
    if (status) printSources(status, output);
    else printReports(report, output);
    printConcerns(report.status, output);
  }
  const faults = faultsOf(report.status, report);
  if (faults.length > 0) throw new CliError(faults.join('\n'));
}

/** `reload`: polls every source that the registry follows now; `--status` only asks how they are doing. */
export const addReload = (program: Command, open: OpenContext): Command =>
  program
    .command('reload')
    .description('Look at all manifests now, and tell what is refused or held back')
    .option('--status', 'only tell how hot reload is doing')
    .option('--confirm-removals', 'let go what so many missing manifests hold back')
    .action(async (flags: ReloadFlags, command: Command) => {
      if (flags.status && flags.confirmRemovals) command.error('error: --status confirms nothing');
      await reload(open(), flags);
    });
