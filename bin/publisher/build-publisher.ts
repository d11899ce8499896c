import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build, type Metafile } from 'esbuild';
import { ESBUILD } from '../../lib/bundle.ts';
import { PROJECT } from '../local/aws-environment.ts';

const SOURCES = 'lambdas/health/publisher';

/** What the library gives to its users, by the file that it is in. */
const EXPORTS: readonly { readonly file: string; readonly values?: string; readonly types?: string }[] = [
  {
    file: 'heartbeat-publisher',
    values: 'HeartbeatPublisher',
    types: 'Finding, HeartbeatPublisherProps, PublisherEvents',
  },
  { file: 'beat-writer', types: 'BeatOutcome, BeatWriter, HeartbeatPayload' },
  { file: 'aws-beat-writers', values: 'beatsToApi, beatsToTable', types: 'TableBeatsProps' },
  {
    file: 'http-beat-writer',
    values: 'HeartbeatRefusedError, HttpBeatWriter',
    types: 'BeatRequest, HttpBeatWriterProps',
  },
  { file: 'process-metrics', values: 'processMetrics', types: 'ProcessMetrics' },
];

const entry = (folder: string, extension: string): string =>
  EXPORTS.flatMap(({ file, values, types }) => [
    ...(values ? [`export { ${values} } from '${folder}/${file}.${extension}';\n`] : []),
    ...(types ? [`export type { ${types} } from '${folder}/${file}.${extension}';\n`] : []),
  ]).join('');

/** CommonJS parts of the SDK ask for `require`, which an ES module has not. */
const REQUIRE = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

/** Nobody but the compiler needs the types of Node: who writes no TypeScript goes without. */
const PACKAGE = {
  name: 'heartbeat-publisher',
  type: 'module',
  exports: { '.': { types: './index.d.ts', default: './index.js' } },
  types: './index.d.ts',
  engines: { node: '>=24' },
  peerDependencies: { '@types/node': '>=24' },
  peerDependenciesMeta: { '@types/node': { optional: true } },
};

/** Writes the declarations of the library, and of what of ours they speak of, into a folder below its root. */
async function declare(folder: string): Promise<void> {
  const files = EXPORTS.map(({ file }) => join(PROJECT, SOURCES, `${file}.ts`));
  const project = join(folder, 'tsconfig.json');
  const compilerOptions = {
    ...{ noEmit: false, emitDeclarationOnly: true, declaration: true, rewriteRelativeImportExtensions: true },
    ...{
      rootDir: join(PROJECT, 'lambdas'),
      outDir: join(folder, 'types'),
      typeRoots: [join(PROJECT, 'node_modules/@types')],
    },
  };
  await writeFile(
    project,
    JSON.stringify({ extends: join(PROJECT, 'tsconfig.json'), compilerOptions, files, include: [] }),
  );
  await promisify(execFile)(process.execPath, [join(PROJECT, 'node_modules/typescript/bin/tsc'), '--project', project]);
  await rm(project);
  await writeFile(join(folder, 'index.d.ts'), entry('./types/health/publisher', 'js'));
}

/**
 * Builds the library: one ES module with everything in it, for agents carry neither the CDK nor the registry's functions,
 * and its declarations.
 *
 * @returns what is in it
 */
export async function buildPublisher(folder: string): Promise<Metafile> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const { metafile } = await build({
    ...ESBUILD,
    stdin: { contents: entry(`./${SOURCES}`, 'ts'), resolveDir: PROJECT, loader: 'ts' },
    format: 'esm',
    banner: { js: REQUIRE },
    outfile: join(folder, 'index.js'),
    metafile: true,
  });
  const { version, license } = JSON.parse(await readFile(join(PROJECT, 'package.json'), 'utf8'));
  await writeFile(join(folder, 'package.json'), `${JSON.stringify({ ...PACKAGE, version, license }, null, 2)}\n`);
  await declare(folder);
  return metafile;
}
