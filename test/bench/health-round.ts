/**
 * Real rounds of HTTP checks in a row over a whole fleet on this machine: 4,462 agents, of which 5 % hang and 5 % fail,
 * their endpoints in other processes, asked through `guarded-fetch`, kept in pages in memory that are encoded as they are
 * stored, and settled at the pace of production. In the second round nearly all of them change at once. Asking and
 * settling take the time that they take; what is left of half a minute then is skipped, by a clock that is put forward.
 * Beside it the plainest round that asks the same. Ends with 1 where an agent was found to be what it is not, or a round
 * took longer than it may. `npm run health-round -- [--agents 4462] [--rounds 3] [--json]`
 */
import { parseArgs } from 'node:util';
import { Output } from '../../bin/cli/output.ts';
import { HttpChecker, MAX_SOCKETS } from '../../lambdas/health/checks/http-check.ts';
import { ROUND_SECONDS } from '../../lambdas/health/contract.ts';
import type { RoundReport } from '../../lambdas/health/health-report.ts';
import { UNHEALTHY_AFTER } from '../../lambdas/health/health-status.ts';
import { CheckRound, ROUND_LEASE_MS } from '../../lambdas/health/rounds/check-round.ts';
import { systemClock } from '../../lambdas/shared/clock.ts';
import { createGuardedFetch } from '../../lambdas/shared/guarded-fetch.ts';
import { MemoryCheckPages, MemoryRoundReports } from '../support/check-world.ts';
import { MemoryLease, MemoryLeaseHolder } from '../support/memory-lease.ts';
import { type Endpoint, KINDS, startEndpoints } from './health-round/endpoints.ts';
import { type Measured, measured } from './health-round/measured.ts';
import { plainRound } from './health-round/plain-round.ts';
import { SETTLE_MS, Settling } from './health-round/settling.ts';

/** Seconds that a round may take (issue "Health", figure 4). */
const TARGET_SECONDS = 30;

const TIMEOUT_MS = 10_000;

const { values } = parseArgs({
  options: {
    agents: { type: 'string', default: '4462' },
    rounds: { type: 'string', default: '3' },
    json: { type: 'boolean' },
  },
});

/** The machine's clock, put forward over what is waited for between two rounds. */
class SkippingClock {
  #ahead = 0;

  now(): number {
    return systemClock.now() + this.#ahead;
  }

  skip(seconds: number): void {
    this.#ahead += Math.max(0, seconds * 1_000);
  }
}

const clock = new SkippingClock();
const pages = new MemoryCheckPages();
const reports = new MemoryRoundReports();
const settling = new Settling();

/** Rounds of one function: the first is a cold one's, which finds no page, and writes all. */
const roundsOf = (endpoints: readonly Endpoint[]): CheckRound =>
  new CheckRound({
    checker: new HttpChecker({ fetch: createGuardedFetch({ allowedHosts: ['127.0.0.1'] }), clock }),
    lease: new MemoryLease(new MemoryLeaseHolder(), 'bench', ROUND_LEASE_MS),
    clock,
    pages,
    reports,
    watched: async () =>
      endpoints.map(({ agentId, url }) => ({
        agentId,
        health: settling.health.get(agentId) ?? 'unknown',
        check: { type: 'http', url },
      })),
    settle: (agentId, check) => settling.settle(agentId, check),
  });

/** Agents of whom what is kept is what they are. */
async function foundRight(endpoints: readonly Endpoint[]): Promise<number> {
  const count = reports.report?.pages ?? 0;
  const reasons = new Map<string, string | undefined>();
  for (let page = 0; page < count; page += 1) {
    for (const { agentId, recent } of (await pages.read({ kind: 'http', pages: count, page }))?.agents ?? []) {
      reasons.set(agentId, recent.at(-1)?.details?.reason);
    }
  }
  return endpoints.filter(({ agentId, kind }) => reasons.get(agentId) === KINDS[kind]).length;
}

/** Agents that the registry calls what they are, once there were as many rounds as that takes. */
const toldRight = (endpoints: readonly Endpoint[]): number =>
  endpoints.filter(({ agentId, kind }) => settling.health.get(agentId) === (kind === 'ok' ? 'healthy' : 'unhealthy'))
    .length;

interface Round extends Measured<RoundReport | undefined> {
  readonly changes: number;
  readonly right: number;
}

async function oneRound(rounds: CheckRound, endpoints: readonly Endpoint[]): Promise<Round> {
  const before = settling.changes;
  const round = await measured(() => rounds.run(clock.now() + ROUND_LEASE_MS));
  const right = await foundRight(endpoints);
  clock.skip(ROUND_SECONDS - round.seconds);
  return { ...round, changes: settling.changes - before, right };
}

await using endpoints = await startEndpoints(Number(values.agents));
const { all } = endpoints;
const rounds = roundsOf(all);
const made: Round[] = [];
for (let n = 0; n < Math.max(Number(values.rounds), UNHEALTHY_AFTER); n += 1) made.push(await oneRound(rounds, all));
const plain = await measured(() => plainRound(all, MAX_SOCKETS, TIMEOUT_MS));

const worst = Math.max(...made.map(({ seconds }) => seconds));
const sockets = Math.max(...made.map((round) => round.sockets));
const told = toldRight(all);
const figures = {
  agents: all.length,
  'slowest round, seconds': worst,
  'told right': told,
  'sockets at most': sockets,
  'milliseconds to settle one, assumed': SETTLE_MS,
  pages: reports.report?.pages ?? 0,
  'kilobytes of pages': pages.sizes().reduce((sum, bytes) => sum + bytes, 0) / 1024,
  'write units a round': pages.sizes().reduce((sum, bytes) => sum + Math.ceil((bytes + 100) / 1024), 0),
  'plain fetch, seconds': plain.seconds,
  'plain fetch, CPU seconds': plain.cpu,
  'plain fetch, found right': plain.result,
};
const tables = made.map(({ result, seconds, cpu, changes, right }, n) => ({
  round: n + 1,
  seconds,
  'CPU seconds': cpu,
  ...(result?.results ?? { passed: 0, partial: 0, failed: 0, unasked: 0 }),
  'found right': right,
  changes,
}));
const shown = (figure: number): string => Number(figure.toFixed(2)).toLocaleString('en');
const output = new Output(process.stdout);
if (values.json) output.json({ ...figures, rounds: tables });
else {
  output.table(
    Object.keys(tables[0] ?? {}),
    tables.map((row) => Object.values(row).map(shown)),
  );
  output.line();
  output.table(
    ['figure', 'value'],
    Object.entries(figures).map(([what, figure]) => [what, shown(figure)]),
  );
}
const isRight = told === all.length && made.every(({ right }) => right === all.length);
if (!isRight || worst > TARGET_SECONDS || sockets > MAX_SOCKETS) process.exitCode = 1;
