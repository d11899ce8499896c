/**
 * One real round of HTTP checks over a whole fleet on this machine: 4,462 agents, of which 5 % hang and 5 % fail, their
 * endpoints in other processes, asked through `guarded-fetch`, kept in pages in memory. Beside it the plainest round that
 * asks the same. Ends with 1 where an agent was found to be what it is not, or the round took longer than it may.
 * `npm run health-round -- [--agents 4462] [--json]`
 */
import { parseArgs } from 'node:util';
import { Output } from '../../bin/cli/output.ts';
import { CheckRound, ROUND_LEASE_MS } from '../../lambdas/health/check-round.ts';
import { HttpChecker, MAX_SOCKETS } from '../../lambdas/health/checks/http-check.ts';
import { systemClock } from '../../lambdas/shared/clock.ts';
import { createGuardedFetch } from '../../lambdas/shared/guarded-fetch.ts';
import { MemoryCheckPages, MemoryRoundReports } from '../support/check-world.ts';
import { MemoryLease, MemoryLeaseHolder } from '../support/memory-lease.ts';
import { type Endpoint, KINDS, startEndpoints } from './health-round/endpoints.ts';
import { measured } from './health-round/measured.ts';
import { plainRound } from './health-round/plain-round.ts';

/** Seconds that a round may take (issue "Health", figure 4). */
const TARGET_SECONDS = 30;

const TIMEOUT_MS = 10_000;

const { values } = parseArgs({ options: { agents: { type: 'string', default: '4462' }, json: { type: 'boolean' } } });

/** A round of a cold function: it finds no page, and writes all. */
function aRound(endpoints: readonly Endpoint[], pages: MemoryCheckPages, reports: MemoryRoundReports): CheckRound {
  return new CheckRound({
    checker: new HttpChecker({ fetch: createGuardedFetch({ allowedHosts: ['127.0.0.1'] }), clock: systemClock }),
    lease: new MemoryLease(new MemoryLeaseHolder(), 'bench', ROUND_LEASE_MS),
    clock: systemClock,
    pages,
    reports,
    watched: async () =>
      endpoints.map(({ agentId, url }) => ({ agentId, health: 'unknown', check: { type: 'http', url } })),
    settle: async () => undefined,
  });
}

/** Agents of whom what is kept is what they are. */
async function foundRight(endpoints: readonly Endpoint[], store: MemoryCheckPages, pages: number): Promise<number> {
  const reasons = new Map<string, string | undefined>();
  for (let page = 0; page < pages; page += 1) {
    for (const { agentId, recent } of (await store.read({ kind: 'http', pages, page }))?.agents ?? []) {
      reasons.set(agentId, recent.at(-1)?.details?.reason);
    }
  }
  return endpoints.filter(({ agentId, kind }) => reasons.get(agentId) === KINDS[kind]).length;
}

await using endpoints = await startEndpoints(Number(values.agents));
const { all } = endpoints;
const pages = new MemoryCheckPages();
const reports = new MemoryRoundReports();
const round = await measured(() => aRound(all, pages, reports).run(systemClock.now() + ROUND_LEASE_MS));
const plain = await measured(() => plainRound(all, MAX_SOCKETS, TIMEOUT_MS));
const right = await foundRight(all, pages, reports.report?.pages ?? 0);

const figures = {
  agents: all.length,
  seconds: round.seconds,
  'found right': right,
  ...round.result?.results,
  'sockets at most': round.sockets,
  'CPU seconds': round.cpu,
  pages: pages.writes,
  'kilobytes of pages': pages.sizes().reduce((sum, bytes) => sum + bytes, 0) / 1024,
  'write units': pages.sizes().reduce((sum, bytes) => sum + Math.ceil((bytes + 100) / 1024), 0),
  'plain fetch, seconds': plain.seconds,
  'plain fetch, CPU seconds': plain.cpu,
  'plain fetch, found right': plain.result,
  'times as long as plain fetch': round.seconds / plain.seconds,
};
const output = new Output(process.stdout);
if (values.json) output.json(figures);
else {
  const shown = Object.entries(figures).map(([what, figure]) => [what, Number(figure.toFixed(2)).toLocaleString('en')]);
  output.table(['figure', 'value'], shown);
}
if (right !== all.length || round.seconds > TARGET_SECONDS || round.sockets > MAX_SOCKETS) process.exitCode = 1;
