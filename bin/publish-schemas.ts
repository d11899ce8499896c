/**
 * Writes the published JSON Schemas to `lambdas/agents/schemas/`, where editors find them by a manifest's `$schema`.
 * A test holds the files against the code.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PUBLISHED_SCHEMAS } from '../lambdas/agents/published-schemas.ts';
import { PROJECT } from './local/aws-environment.ts';

const folder = join(PROJECT, 'lambdas', 'agents', 'schemas');
await mkdir(folder, { recursive: true });
for (const [name, schema] of Object.entries(PUBLISHED_SCHEMAS)) {
  await writeFile(join(folder, `${name}.json`), `${JSON.stringify(schema, null, 2)}\n`);
}
