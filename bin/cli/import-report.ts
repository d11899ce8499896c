import { type FileReport, fileReport, type Verdicts } from './file-report.ts';
import type { ImportResult } from './import-agents.ts';
import type { Output } from './output.ts';

const VERDICTS: Verdicts<ImportResult['verdict']> = {
  registered: { colour: 'green' },
  updated: { colour: 'green' },
  unchanged: { colour: 'dim' },
  same: { colour: 'dim', words: 'same as another' },
  skipped: { colour: 'yellow' },
  invalid: { colour: 'red' },
  failed: { colour: 'red' },
};

/** Tells how an import goes. */
export const importReport = (output: Output, json: boolean): FileReport<ImportResult> =>
  fileReport(output, json, VERDICTS);
