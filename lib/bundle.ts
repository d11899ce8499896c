import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type BuildOptions, buildSync, type Metafile, transformSync } from 'esbuild';

const PROJECT = join(import.meta.dirname, '..');

/** What a function is bundled for, whole or in parts. */
const TARGET = { platform: 'node', target: 'node24', minify: true } as const;

/** How any code for a function is bundled. */
export const ESBUILD = {
  ...TARGET,
  bundle: true,
  // The SDK that was tested is the SDK that runs, whatever the runtime carries; its ES modules can be shaken.
  mainFields: ['module', 'main'],
  // Errors and middlewares are told apart by class and function names, and stack traces stay readable without a source
  // map, which Node would parse at the first error of every instance.
  keepNames: true,
  absWorkingDir: PROJECT,
  logLevel: 'error',
} satisfies BuildOptions;

/** A folder that is copied beside the code: its path from the project's root, and its name there. */
export interface BundledFiles {
  readonly folder: string;
  readonly bundled: string;
}

/**
 * Bundles a function: `index.js` is what its start reads, and each part that is imported on demand has files of its own,
 * for Node reads all of a file before it runs any of it (7 ms for a client of DynamoDB).
 *
 * esbuild splits ES modules only, so its parts are made CommonJS afterwards: that starts faster (61 against 88 ms with
 * the client in it). `import()` becomes `require()` as well: Node's own loads `node:http` with everything that it
 * exports, `fetch` among it, at the client's first call (13 ms).
 *
 * No compiled code goes with it: Node takes that only from the same version, processor, V8 flags and user, which are
 * Lambda's own, and at a cold start there is nowhere that it could have been left. It would save 3 of 17 ms.
 *
 * @param entry path of the handler's file, from the project's root
 * @returns what is in which file
 * @throws Error where it cannot be bundled, or a folder of `files` is not there
 */
export function bundleFunction(entry: string, folder: string, files?: BundledFiles): Metafile {
  const { outputFiles = [], metafile } = buildSync({
    ...ESBUILD,
    entryPoints: { index: entry },
    alias: { '@aws-sdk/credential-provider-node': join(PROJECT, 'lambdas/shared/aws-credentials.ts') },
    outdir: 'bundle',
    format: 'esm',
    splitting: true,
    metafile: true,
    write: false,
  });
  mkdirSync(folder, { recursive: true });
  for (const { path, text } of outputFiles) {
    const { code } = transformSync(text, { ...TARGET, format: 'cjs', supported: { 'dynamic-import': false } });
    writeFileSync(join(folder, basename(path)), code);
  }
  // Whatever is around the folder says nothing of the code in it.
  writeFileSync(join(folder, 'package.json'), '{"type":"commonjs"}\n');
  if (files) cpSync(join(PROJECT, files.folder), join(folder, files.bundled), { recursive: true });
  return metafile as Metafile;
}
