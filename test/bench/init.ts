/**
 * How long functions take to start, beside a client of DynamoDB that is bundled as usual: `node test/bench/init.ts`.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { buildSync } from 'esbuild';
import { Output } from '../../bin/cli/output.ts';
import { ESBUILD } from '../../lib/bundle.ts';
import { FUNCTIONS, type FunctionShortName } from '../../lib/function-names.ts';
import { bundled, FUNCTION_ENVIRONMENT } from '../support/bundles.ts';
import { type Measured, median } from './row.ts';

/** How a function starts. Times are medians, in milliseconds. */
export interface InitFigure {
  readonly functionName: FunctionShortName;
  /** What its start reads. */
  readonly bytes: number;
  /** Loading its bundle in a fresh process. */
  readonly initMs: number;
  /** Loading the plain client and making one. */
  readonly baselineMs: number;
  /** Its share of the plain one. */
  readonly ratio: number;
  /** Its first search, of a table with nothing in it, from the bundle loaded to the answer. Of the read function. */
  readonly firstRequestMs?: number;
}

const PLAIN = 'plain';

/** What a function does that uses DynamoDB and nothing else. */
const PLAIN_CLIENT = `
import { DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
const client = new DynamoDBClient({});
export const handler = () => client.send(new QueryCommand({ TableName: process.env.TABLE_NAME }));
`;

const SEARCH = {
  routeKey: 'POST /registry/search',
  headers: { 'content-type': 'application/json' },
  body: '{"capabilities":["scheduling"]}',
  requestContext: { http: { method: 'POST', path: '/registry/search' } },
};

/** Argument: a bundle, and an event where a request is to be timed. Node's own start is in neither time. */
const TIMED = `const began = performance.now();
const { handler } = require(process.argv[1]);
const loaded = performance.now();
const tell = (first) => {
  process.stderr.write(JSON.stringify([loaded - began, first]));
  process.exit();
};
if (!process.argv[2]) tell(null);
handler(JSON.parse(process.argv[2]), { awsRequestId: 'first' }).then(({ statusCode }) => {
  if (statusCode !== 200) throw new Error('It answered ' + statusCode);
  tell(performance.now() - loaded);
});`;

type Times = readonly [init: number, first: number | null];

async function timed(bundle: string, environment: Readonly<Record<string, string>>, event?: object): Promise<Times> {
  const given = ['-e', TIMED, join(bundle, 'index.js'), ...(event ? [JSON.stringify(event)] : [])];
  const { stderr } = await promisify(execFile)(process.execPath, given, { env: { ...environment } });
  return JSON.parse(stderr) as Times;
}

/** A table with nothing in it: answers whatever it is asked with no items. */
async function emptyTable() {
  const server = createServer((_, response) => response.end('{"Items":[],"Count":0,"ScannedCount":0}'));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { endpoint, stop: () => server.close() };
}

/** Bundles everything into a folder: how many bytes each function's start reads. */
function bundleAll(folder: string): ReadonlyMap<FunctionShortName, number> {
  buildSync({
    ...ESBUILD,
    format: 'cjs',
    stdin: { contents: PLAIN_CLIENT, resolveDir: ESBUILD.absWorkingDir },
    outfile: join(folder, PLAIN, 'index.js'),
  });
  return new Map(FUNCTIONS.map((name) => [name, bundled(name, join(folder, name)).start.bytes]));
}

/** Starts everything in turn, so that what slows the machine down slows all of them. */
async function timesOf(folder: string, runs: number): Promise<(name: string) => readonly Times[]> {
  const { endpoint, stop } = await emptyTable();
  const environment = { ...FUNCTION_ENVIRONMENT, AWS_ENDPOINT_URL: endpoint };
  const times = new Map<string, Times[]>([PLAIN, ...FUNCTIONS].map((name) => [name, []]));
  for (let run = 0; run < runs; run += 1) {
    for (const [name, its] of times) {
      its.push(await timed(join(folder, name), environment, name === 'read-api' ? SEARCH : undefined));
    }
  }
  stop();
  return (name) => times.get(name) ?? [];
}

/** Measures every function, as it would be deployed, in fresh processes. */
export async function measureInit(runs = 9): Promise<InitFigure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'agent-registry-init-'));
  try {
    const bytes = bundleAll(folder);
    const times = await timesOf(folder, runs);
    const initOf = (name: string): number => median(times(name).map(([init]) => init));
    const baselineMs = initOf(PLAIN);
    return FUNCTIONS.map((functionName) => {
      const initMs = initOf(functionName);
      const first = times(functionName).flatMap(([, ms]) => ms ?? []);
      return {
        functionName,
        bytes: bytes.get(functionName) ?? 0,
        initMs,
        baselineMs,
        ratio: initMs / baselineMs,
        ...(first.length > 0 && { firstRequestMs: median(first) }),
      };
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What the benchmark calls the start of a function: `search-init` is that of the read function. */
export const initOperation = (name: FunctionShortName): string =>
  name === 'read-api' ? 'search-init' : `init-${name}`;

/** The same as rows of the benchmark. */
export const initRows = async (runs?: number): Promise<Measured[]> =>
  (await measureInit(runs)).map(({ functionName, bytes, initMs, baselineMs, firstRequestMs }) => ({
    operation: initOperation(functionName),
    size: 0,
    unit: 'ms',
    ours: initMs,
    naive: baselineMs,
    others: {},
    note: `reads ${Math.round(bytes / 1_000)} KB${firstRequestMs === undefined ? '' : `; first search ${firstRequestMs.toFixed(1)} ms`}`,
  }));

if (import.meta.main) {
  const output = new Output(process.stdout);
  output.table(
    ['function', 'KB read', 'init ms', 'plain client ms', 'ratio', 'first search ms'],
    (await measureInit()).map(({ functionName, bytes, initMs, baselineMs, ratio, firstRequestMs }) => [
      functionName,
      (bytes / 1_000).toFixed(0),
      initMs.toFixed(1),
      baselineMs.toFixed(1),
      ratio.toFixed(2),
      firstRequestMs?.toFixed(1) ?? '',
    ]),
  );
}
