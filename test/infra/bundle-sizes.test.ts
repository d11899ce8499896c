import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { FUNCTIONS, type FunctionShortName } from '../../lib/function-names.ts';
import { bundled, FUNCTION_ENVIRONMENT, type FunctionBundle } from '../support/bundles.ts';
import { temporaryDirectories } from '../support/temporary-directory.ts';

const temporary = temporaryDirectories();

/**
 * Bytes at most: of what a start reads, which Node parses before anything runs (20 ms a megabyte), and of all that is
 * deployed. About a fifth more than there is; what outgrows it is worth a thought.
 */
const BOUNDS: Readonly<Record<FunctionShortName, { readonly start: number; readonly all: number }>> = {
  'read-api': { start: 90_000, all: 740_000 },
  'write-api': { start: 200_000, all: 540_000 },
  openapi: { start: 49_000, all: 200_000 },
  discovery: { start: 55_000, all: 1_090_000 },
  'change-stream': { start: 74_000, all: 410_000 },
  'index-base': { start: 90_000, all: 680_000 },
  'health-api': { start: 92_000, all: 456_000 },
  'http-check': { start: 85_000, all: 462_000 },
  'lambda-check': { start: 62_000, all: 550_000 },
  'ecs-check': { start: 63_000, all: 477_000 },
  'health-sweep': { start: 55_000, all: 436_000 },
};

/** What no function needs: validators are compiled, schemas are for those who write them, credentials are given. */
const NOWHERE =
  /node_modules\/(ajv|ajv-formats|typebox|@aws-sdk\/(credential-provider-(?!env\/)[\w-]+|nested-clients|token-providers))\/|-schema\.ts$/;

/** What no start needs. */
const LATER = /node_modules\/(@aws-sdk\/(client|lib)-[\w-]+|@smithy\/core|yaml|minisearch)\//;

describe.each(FUNCTIONS)('the bundle of %s', (name) => {
  let folder: string;
  let bundle: FunctionBundle;

  beforeAll(async () => {
    folder = await temporary();
    bundle = bundled(name, folder);
  });

  test('is no larger than it should be', () => {
    expect(bundle.start.bytes).toBeLessThan(BOUNDS[name].start);
    expect(bundle.all.bytes).toBeLessThan(BOUNDS[name].all);
  });

  test('has nothing that it does not need, and begins with nothing that comes later', () => {
    expect(bundle.all.modules.filter((path) => NOWHERE.test(path))).toEqual([]);
    expect(bundle.start.modules.filter((path) => LATER.test(path))).toEqual([]);
  });

  test('leaves no import() to Node, whose own loads all of fetch with node:http', async () => {
    const files = (await readdir(folder)).filter((file) => file.endsWith('.js'));
    const code = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));

    expect(code.filter((text) => /\bimport\(/.test(text))).toEqual([]);
  });

  test('starts, and exports a handler', async () => {
    const code = `process.stdout.write(typeof require(${JSON.stringify(join(folder, 'index.js'))}).handler)`;
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', code], { env: { ...FUNCTION_ENVIRONMENT } });

    expect(stdout).toBe('function');
  });
});
