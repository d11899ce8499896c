/**
 * What the registry costs, worked out from capacity units that a real table reports (DynamoDB Local) and list prices.
 * `npm run cost` prints tables, `npm run cost -- --json` one object; what is done is told on standard error.
 */
import { App, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import Table from 'cli-table3';
import pMap from 'p-map';
import { deregisterAgent } from '../../lambdas/agents/deregister-agent.ts';
import { DynamoAgentStore } from '../../lambdas/agents/dynamo-agent-store.ts';
import { DynamoChangeLog, DynamoHeadList } from '../../lambdas/agents/dynamo-change-log.ts';
import { DynamoLease } from '../../lambdas/agents/dynamo-lease.ts';
import { getAgent } from '../../lambdas/agents/get-agent.ts';
import { registerAgent } from '../../lambdas/agents/register-agent.ts';
import { updateHealth } from '../../lambdas/agents/settle-health.ts';
import { updateAgent } from '../../lambdas/agents/update-agent.ts';
import { INDEX_BASE_MINUTES, INDEX_METRICS } from '../../lambdas/capability/contract.ts';
import { WarmIndex } from '../../lambdas/capability/warm-index.ts';
import { POLL_SECONDS, RELOAD_METRICS } from '../../lambdas/discovery/contract.ts';
import { DynamicAgentLoader } from '../../lambdas/discovery/dynamic-agent-loader.ts';
import { DynamoReloadCounts } from '../../lambdas/discovery/dynamo-reload-counts.ts';
import { createUlidFactory } from '../../lambdas/shared/ids.ts';
import { buildStacks } from '../../lib/build-stacks.ts';
import { createTestTable } from '../support/test-table.ts';
import { CapacityMeter, type Units } from './capacity-meter.ts';
import { AGENTS, CALL, capacity, compute, MILLION, queues, type Row, timesAMonth, total } from './cost/billing.ts';
import { healthParts, healthUnitsByName, idleHealth } from './cost/health-rows.ts';
import { BEAT_SECONDS, countHealthUnits, type HealthUnits } from './cost/health-units.ts';
import { step } from './cost/step.ts';
import { PRICES } from './prices.ts';
import type { MeteredClient } from './refresh-units.ts';
import { withDynamoDbLocal } from './with-dynamodb-local.ts';

/**
 * A poll that finds nothing new, assumed like a call: two sources, whose states are read before and after, and up to a
 * thousand manifests in the bucket, which are one list. Beside its own lines it logs the metrics of each source.
 */
const POLL = { milliseconds: 150, megabytes: 1_769, logBytes: 1_400, lists: 1, gets: 4 };

/** An agent as the examples of `manifests/` are: about 1.5 KB. */
const anAgent = (n: number) => ({
  id: `agent-${n}`,
  name: `Agent number ${n}`,
  capabilities: {
    core: [`capability-${n % 50}`, `capability-${n % 7}`],
    domains: [`domain-${n % 9}`],
    actions: [`action-${n}`],
  },
  config: {
    description: 'What this agent does, in a few sentences. '.repeat(12),
    tools: ['Read', 'Bash'],
    priority: 5,
  },
  monitoring: { metrics: ['latency', 'errors'] },
});

const none: Units = { reads: 0, writes: 0, calls: 0 };

/** Units of each operation, on a table with {@link AGENTS} agents. */
async function countUnits({ client, meter }: MeteredClient): Promise<Record<string, Units>> {
  const table = await createTestTable(client);
  let now = Date.now();
  const clock = { now: () => now };
  const policy = { allowedTools: ['*'], maxAgentMemory: Number.POSITIVE_INFINITY, allowedHosts: [] };
  const store = new DynamoAgentStore(client, table);
  const context = { store, clock, newUlid: createUlidFactory(clock), policy };
  const actor = 'arn:aws:sts::123456789012:assumed-role/platform/session';
  await pMap(Array.from({ length: AGENTS }).keys(), (n) => registerAgent(context, { document: anAgent(n), actor }), {
    concurrency: 8,
  });

  const sources = { changes: new DynamoChangeLog(client, table), heads: new DynamoHeadList(client, table) };
  const index = new WarmIndex({ ...sources, clock, maxStaleness: 1_000 });
  const later = (milliseconds: number) => {
    now += milliseconds;
  };
  const units: Record<string, Units> = {};
  const measure = async (what: string, work: () => Promise<unknown>) => {
    units[what] = await meter.measure(work);
  };
  await measure('register', () => registerAgent(context, { document: anAgent(AGENTS), actor }));
  await measure('get', () => getAgent(store, 'agent-1'));
  await measure('update', () => updateAgent(context, { id: 'agent-1', patch: { config: { priority: 7 } }, actor }));
  await measure('change of health', () =>
    updateHealth(context, { id: 'agent-1', health: 'healthy', actor, reason: 'checked' }),
  );
  await measure('deregister', () => deregisterAgent(context, { id: `agent-${AGENTS}`, actor }));
  await measure(`cold start without a base, ${AGENTS} agents`, () => index.fresh());
  // Past the time that a reader looks back: the agents above were made at once.
  later(120_000);
  await index.fresh();
  later(2_000);
  await measure('refresh with nothing new', () => index.fresh());
  const lease = new DynamoLease({ client, table, name: 'reload', owner: 'cost', length: 60_000 });
  const counts = new DynamoReloadCounts(client, table);
  const loader = new DynamicAgentLoader({ sources: {}, lease, counts, clock, pause: async () => undefined });
  await loader.reload({ deadline: now });
  await measure('poll with nothing new', () => loader.reload({ deadline: now }));
  return units;
}

/** What a stage has that costs while nothing happens, as its templates have it. */
function countStanding(): { alarms: number; queues: number } {
  const { registry, monitoring } = buildStacks(new App({ context: { env: 'prod', 'aws:cdk:bundling-stacks': [] } }));
  const count = (stack: Stack, type: string) => Object.keys(Template.fromStack(stack).findResources(type)).length;
  return { alarms: count(monitoring, 'AWS::CloudWatch::Alarm'), queues: count(registry, 'AWS::SQS::Queue') };
}

function reloading(idleQueues: number, poll: Units): Row[] {
  const polls = timesAMonth(POLL_SECONDS);
  return [
    {
      what: `${polls} polls: function and table`,
      dollars: compute(polls, POLL) + capacity(poll, polls),
      from: `${POLL.milliseconds} ms of ${POLL.megabytes} MB and the units of a poll each`,
    },
    {
      what: 'polls: bucket',
      dollars: (polls * (POLL.lists * PRICES.puts + POLL.gets * PRICES.gets)) / 1_000,
      from: `${POLL.lists} list and ${POLL.gets} reads of a state each, for up to 1,000 manifests`,
    },
    {
      what: `${idleQueues} queues`,
      dollars: queues(idleQueues),
      from: 'five long polls of 20 s under way for each',
    },
  ];
}

function idle(units: Record<string, Units>, health: HealthUnits): Row[] {
  const runs = timesAMonth(INDEX_BASE_MINUTES * 60);
  const standing = countStanding();
  const told = [INDEX_METRICS.baseAge, ...Object.values(RELOAD_METRICS)];
  return [
    { what: `${standing.alarms} alarms`, dollars: standing.alarms * PRICES.alarm, from: 'the templates' },
    {
      what: `${told.length} metrics`,
      dollars: told.length * PRICES.metric,
      from: `sent while nothing happens: ${told.join(', ')}`,
    },
    ...reloading(standing.queues, units['poll with nothing new'] ?? none),
    ...idleHealth(health),
    {
      what: `index-base, ${runs} runs`,
      dollars: compute(runs * 20) + capacity({ reads: 4, writes: 0 }, runs),
      from: 'each as long as 20 calls',
    },
    {
      what: 'base snapshots',
      dollars: (30 * PRICES.puts + runs * PRICES.gets) / 1_000,
      from: 'one a day, read by each run',
    },
  ];
}

function perThousandAgents(units: Record<string, Units>): Row[] {
  const bytes = AGENTS * 6_000;
  const changes = AGENTS * 30;
  return [
    {
      what: 'kept for a month',
      dollars: (bytes / 1e9) * (PRICES.storage + PRICES.recovery),
      from: '6 KB each: head, layer, name, index, a week of log',
    },
    {
      what: 'one update a day each: table',
      dollars: capacity(units.update ?? none, changes),
      from: 'units of an update',
    },
    {
      what: 'one update a day each: API, functions, events',
      dollars: (changes / MILLION) * (PRICES.requests + PRICES.events) + compute(changes * 2),
      from: 'a request, two calls, one event',
    },
  ];
}

function perMillionSearches(units: Record<string, Units>): Row[] {
  const refresh = units['refresh with nothing new'] ?? { reads: 1, writes: 0, calls: 1 };
  return [
    { what: 'API', dollars: PRICES.requests, from: 'a million requests' },
    { what: 'function', dollars: compute(MILLION), from: `${CALL.milliseconds} ms of ${CALL.megabytes} MB each` },
    {
      what: 'table',
      dollars: capacity(refresh, MILLION),
      from: 'a refresh at every search: at most one a second in truth',
    },
  ];
}

function print(title: string, head: readonly string[], rows: readonly (readonly string[])[]): void {
  const table = new Table({ head: [...head], style: { head: [], border: [] } });
  table.push(...rows.map((row) => [...row]));
  console.log(`\n${title}\n${table}`);
}

const money = (dollars: number): string => `$${dollars.toFixed(dollars < 0.1 ? 4 : 2)}`;

/** What a part of the costs is called where it is printed. */
const TITLES = {
  idle: 'Idle, a month',
  thousandAgents: `${AGENTS} agents, a month`,
  millionSearches: 'A million searches',
  beats: `${AGENTS} agents that write a heartbeat every ${BEAT_SECONDS} s, a month`,
  beatsOverApi: 'The same heartbeats over the API instead, a month: either of',
  agentMetrics: 'Metrics of these agents, where they opt in, a month',
  httpChecks: `${AGENTS} agents that are checked over HTTP, a month`,
  lambdaChecks: `${AGENTS} agents that are Lambda functions and checked, a month`,
  ecsChecks: `${AGENTS} agents that are ECS services and checked, a month`,
  transitions: `${AGENTS} agents, health that changes, a month`,
} as const;

/** US dollars that the heartbeats of {@link AGENTS} agents and the sweep stay below. */
const BEATS_BELOW = 60;

/** Each on a table service of its own, which grows slower with all that it has seen. */
async function count() {
  const meteredIn = <Result>(work: (metered: MeteredClient) => Promise<Result>) =>
    withDynamoDbLocal((client) => work({ client, meter: new CapacityMeter(client) }));
  const units = await step('Operations of the registry', () => meteredIn(countUnits));
  return { units, health: await meteredIn(countHealthUnits) };
}

async function main(): Promise<void> {
  const { units, health } = await count();
  const parts: Readonly<Record<keyof typeof TITLES, readonly Row[]>> = {
    idle: idle(units, health),
    thousandAgents: perThousandAgents(units),
    millionSearches: perMillionSearches(units),
    ...healthParts(health),
  };
  if (total(parts.beats) >= BEATS_BELOW) process.exitCode = 1;
  const all = { ...units, ...healthUnitsByName(health) };
  if (process.argv.includes('--json')) return console.log(JSON.stringify({ units: all, ...parts }, null, 2));
  const counted = Object.entries(all).map(([what, { calls, reads, writes }]) => [
    what,
    ...[calls, reads, writes].map((number) => `${Math.round(number * 10) / 10}`),
  ]);
  print('Capacity units, as DynamoDB Local reports them', ['operation', 'calls', 'read units', 'write units'], counted);
  for (const [part, title] of Object.entries(TITLES)) {
    const rows = parts[part as keyof typeof parts];
    const lines = rows.map(({ what, dollars, from }) => [what, money(dollars), from]);
    const sum = part === 'beatsOverApi' ? [] : [['total', money(total(rows)), '']];
    print(title, ['what', 'US dollars', 'from'], [...lines, ...sum]);
  }
  if (process.exitCode === 1) console.log(`\nHeartbeats and sweep are to stay below $${BEATS_BELOW}.`);
}

await main();
