import type { Command } from 'commander';
import { openBucket } from './bucket.ts';
import { CliError } from './cli-error.ts';
import type { CommandContext, OpenContext } from './command-context.ts';
import { type ImportResult, importAgents } from './import-agents.ts';
import { findFiles, type Trouble } from './import-files.ts';
import { importReport } from './import-report.ts';

const asResult = ({ path, missing, reason }: Trouble): ImportResult => ({
  path,
  verdict: missing ? 'failed' : 'skipped',
  reason,
});

const isBad = ({ verdict }: ImportResult): boolean => verdict === 'invalid' || verdict === 'failed';

async function importPaths({ client, location, json, output }: CommandContext, paths: string[]): Promise<void> {
  const { files, troubles } = await findFiles(paths, () => openBucket(location));
  const report = importReport(output, json);
  const missing = troubles.map(asResult);
  let results: ImportResult[] | undefined;
  report.start(files.length + missing.length);
  try {
    missing.forEach(report.done);
    results = [...missing, ...(await importAgents(files, client, report.done))];
  } finally {
    report.end(results);
  }
  const bad = results.filter(isBad).length;
  if (bad > 0) throw new CliError(`${bad} of ${results.length} could not be imported.`);
}

/** `import`: every agent of files, folders and bucket prefixes; repeating it changes nothing. */
export const addImport = (program: Command, open: OpenContext): Command =>
  program
    .command('import')
    .description('Register or update the agents of files, folders and s3://bucket/prefix')
    .argument('<paths...>', 'manifests, A2A agent cards, Markdown with front matter, or folders of them')
    .action(async (paths: string[]) => importPaths(await open(), paths));
