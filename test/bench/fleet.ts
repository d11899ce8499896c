/**
 * A whole fleet on a registry that runs: registers the agents of files and synthetic ones through the API, lets a minute go
 * by, then searches from many sides at once and holds every answer against the plainest index.
 * `npm run fleet -- [PATH…] [--agents 4462] [--requests 2000] [--concurrency 64] [--api URL] [--json]`
 */
import { SingleBar } from 'cli-progress';
import pMap from 'p-map';
import { createApiClient } from '../../bin/cli/api-client.ts';
import { authorisationFor } from '../../bin/cli/authorisation.ts';
import { Output } from '../../bin/cli/output.ts';
import { locateRegistry } from '../../bin/cli/registry-location.ts';
import type { AgentDigest } from '../../lambdas/agents/digest-schema.ts';
import type { AgentPage } from '../../lambdas/capability/search/list-schema.ts';
import { fillRegistry } from './fleet/fill-registry.ts';
import { FLEET_USAGE, type FleetOptions, parseFleetOptions } from './fleet/fleet-options.ts';
import { withLocalStaleness } from './fleet/local-staleness.ts';
import { searchStorm } from './fleet/search-storm.ts';
import { QUIET_SECONDS, settleRegistry } from './fleet/settle-registry.ts';

function options(): FleetOptions {
  try {
    return parseFleetOptions(process.argv.slice(2));
  } catch (error) {
    console.error(`${(error as Error).message}\n${FLEET_USAGE}`);
    process.exit(2);
  }
}

const { paths, agents: size, requests, concurrency, api, json } = options();

/** A bar on standard error, where somebody looks at it. */
async function withBar<Result>(what: string, total: number, work: (tell: (done?: number) => void) => Promise<Result>) {
  const bar = new SingleBar({
    format: `${what} {bar} {value} of {total}, {duration_formatted}`,
    stream: process.stderr,
  });
  bar.start(total, 0);
  try {
    return await work((done) => (done === undefined ? bar.increment() : bar.update(done)));
  } finally {
    bar.stop();
  }
}

const { apiUrl, local } = await locateRegistry(api, process.env);
const client = createApiClient({ baseUrl: apiUrl });

/** The digests of all agents, page by page. */
async function readFleet(): Promise<AgentDigest[]> {
  const fleet: AgentDigest[] = [];
  let cursor: string | undefined;
  do {
    const query = { limit: '500', cursor };
    const page = await client.call<AgentPage>({ method: 'GET', path: '/registry/agents', query });
    fleet.push(...page.agents);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return fleet;
}

const start = performance.now();
const filled = await withBar('Register', size, (tell) => fillRegistry(client, { paths, size }, tell));
const seconds = (performance.now() - start) / 1_000;
await withBar('Settle  ', QUIET_SECONDS, (tell) => settleRegistry(client, local, tell));
const fleet = await readFleet();

/**
 * Starts as many readers as there will be requests at once: where each is a process of one machine, as in the local stack,
 * they keep each other from starting, so twice as many at a time.
 */
async function warmUp(): Promise<void> {
  const steps = Array.from({ length: Math.ceil(Math.log2(concurrency)) + 1 }, (_, n) => Math.min(2 ** n, concurrency));
  await withBar('Warm up ', steps.length, async (tell) => {
    for (const many of steps) {
      const body = { type: 'core', limit: 1 };
      const search = () => client.call({ method: 'POST', path: '/registry/search', body });
      await pMap(Array.from({ length: 4 * many }), search, { concurrency: many });
      tell();
    }
  });
}

const storm = await withLocalStaleness(local, async () => {
  await warmUp();
  return withBar('Search  ', requests, (tell) =>
    searchStorm(apiUrl, authorisationFor(new URL(apiUrl), process.env), fleet, {
      requests,
      concurrency,
      onAnswer: () => tell(),
    }),
  );
});

const figures = { agents: fleet.length, ...filled, seconds, concurrency, ...storm };
const output = new Output(process.stdout);
if (json) output.json(figures);
else {
  const shown = Object.entries(figures).map(([what, figure]) => [what, Number(figure.toFixed(1)).toLocaleString('en')]);
  output.table(['figure', 'value'], shown);
}
if (storm.lost + storm.wrong > 0) process.exitCode = 1;
