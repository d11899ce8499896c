import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { generatedFiles } from '../../bin/schemas/generated-files.ts';

const files = generatedFiles();

/** Formatting aside, which `npm run schemas` leaves to the formatter. */
const contentOf = (path: string, text: string): unknown => (path.endsWith('.json') ? JSON.parse(text) : text);

test.each(files)('$path is what `npm run schemas` makes of the schemas', async ({ path, text }) => {
  expect(contentOf(path, await readFile(path, 'utf8'))).toEqual(contentOf(path, text));
});

test('no generated module is left behind by a schema that is gone', () => {
  const made = files.map(({ path }) => path).filter((path) => path.endsWith('.generated.ts'));

  expect(globSync('{bin,lib,lambdas}/**/*.generated.ts').sort()).toEqual(made.sort());
});
