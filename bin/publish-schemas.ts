/** Writes the files that are made of the schemas: `npm run schemas`. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PROJECT } from './local/aws-environment.ts';
import { generatedFiles } from './schemas/generated-files.ts';

for (const { path, text } of generatedFiles()) {
  const file = join(PROJECT, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}
