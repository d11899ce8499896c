import standaloneCode from 'ajv/dist/standalone/index.js';
import { buildSync } from 'esbuild';
import { PROJECT } from '../local/aws-environment.ts';
import { createAjv } from './ajv.ts';

const HEADER = `// Written by \`npm run schemas\`; a test holds it against the schema.
// @ts-nocheck: code that Ajv made.
`;

/** A schema without the texts that only its readers need: they would be part of the code. */
function withoutTexts(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutTexts);
  if (typeof value !== 'object' || value === null) return value;
  // A property that is called so has a schema, which is no text.
  const rules = Object.entries(value).filter(
    ([key, child]) => !(['title', 'description'].includes(key) && typeof child === 'string'),
  );
  return Object.fromEntries(rules.map(([key, child]) => [key, withoutTexts(child)]));
}

/**
 * Compiles a JSON Schema (2020-12) to a TypeScript module that needs no library (Ajv, "standalone validation code").
 *
 * @param name of the function that the module exports: a `CompiledSchema`
 */
export function compileSchema(name: string, schema: object): string {
  const ajv = createAjv({ code: { source: true, esm: true } });
  ajv.addSchema(withoutTexts(schema) as object, name);
  // What Ajv writes requires parts of it, even as an ES module.
  const { outputFiles } = buildSync({
    stdin: { contents: standaloneCode.default(ajv, { [name]: name }), resolveDir: PROJECT },
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    minify: true,
    write: false,
  });
  return HEADER + outputFiles.map(({ text }) => text).join('');
}
