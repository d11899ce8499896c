import type { Command } from 'commander';
import { CliError } from './cli-error.ts';
import type { CommandContext, OpenContext } from './command-context.ts';
import { type FileReport, type FileResult, fileReport, type Verdicts } from './file-report.ts';
import { findFiles } from './import-files.ts';
import type { Output } from './output.ts';
import { ofTrouble, type ValidateResult, validateFiles } from './validate-files.ts';

type Verdict = ValidateResult['verdict'];

const VERDICTS: Verdicts<Verdict> = {
  ok: { colour: 'green' },
  degraded: { colour: 'yellow' },
  skipped: { colour: 'dim' },
  invalid: { colour: 'red' },
};

function noBucket(): never {
  throw new CliError('only files can be validated');
}

/** As the other commands tell of files. */
const asFileResult = ({ path, verdict, id, reason, line }: ValidateResult): FileResult<Verdict> => ({
  path,
  verdict,
  ...(id !== null && { id }),
  ...(reason !== null && { reason }),
  ...(line !== null && { line }),
});

function report(output: Output, json: boolean): FileReport<FileResult<Verdict>> {
  return fileReport(output, json, VERDICTS);
}

async function validatePaths({ folder, json, output }: CommandContext, paths: readonly string[]): Promise<void> {
  const { files, troubles } = await findFiles(paths, { folder, bucket: noBucket, isWanted: () => true });
  const told = report(output, json);
  told.start(files.length);
  // A bar counts files as they are read; a line needs the id, which only all files together give.
  const onRead = (path: string) => output.isTerminal && told.done({ path, verdict: 'ok' });
  const read = await validateFiles(files, onRead);
  const results = [...troubles.map(ofTrouble), ...read].sort((a, b) => (a.path < b.path ? -1 : 1));
  const lines = results.map(asFileResult);
  if (!output.isTerminal) lines.forEach(told.done);
  if (json) output.json(results);
  else told.end(lines);
  const bad = results.filter(({ verdict }) => verdict === 'invalid').length;
  if (bad > 0)
    throw new CliError(`${bad} of ${results.length} ${results.length === 1 ? 'file is' : 'files are'} invalid.`);
}

/** `validate`: what an import would make of files, without a registry. */
export const addValidate = (program: Command, open: OpenContext): Command =>
  program
    .command('validate')
    .description('Say of each file whether it is an agent or a service, and what is wrong with it; asks no registry')
    .argument('<paths...>', 'files, and folders with all below')
    .action(async (paths: string[]) => validatePaths(open(), paths));
