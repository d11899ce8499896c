import type { Command } from 'commander';
import { openBucket } from './bucket.ts';
import { CliError } from './cli-error.ts';
import type { CommandContext, OpenContext } from './command-context.ts';
import { type ImportResult, importAgents } from './import-agents.ts';
import { findFiles } from './import-files.ts';
import { importReport } from './import-report.ts';
import { localTarget } from './stage.ts';

const byPath = (a: ImportResult, b: ImportResult): number => (a.path < b.path ? -1 : 1);

const isBad = ({ verdict }: ImportResult): boolean => verdict === 'invalid' || verdict === 'failed';

async function importPaths(context: CommandContext, paths: string[]): Promise<void> {
  const { folder, json, output } = context;
  const [location, client] = await Promise.all([context.location(), context.client()]);
  const bucket = () => openBucket(location.local ? localTarget(location.local) : {});
  const { files, troubles } = await findFiles(paths, { folder, bucket });
  const report = importReport(output, json);
  let results: ImportResult[] | undefined;
  report.start(files.length + troubles.length);
  try {
    troubles.forEach(report.done);
    results = [...troubles, ...(await importAgents(files, client, report.done))].sort(byPath);
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
    .action(async (paths: string[]) => importPaths(open(), paths));
