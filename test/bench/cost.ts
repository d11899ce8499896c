/**
 * What the registry costs, worked out from capacity units that a real table reports (DynamoDB Local) and list prices.
 * `npm run cost` prints tables, `npm run cost -- --json` one object.
 */
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
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
import { PRICES } from './prices.ts';
import { withDynamoDbLocal } from './with-dynamodb-local.ts';

const AGENTS = 1_000;
const MILLION = 1_000_000;
const MONTH_HOURS = 730;

/** Assumed, not measured here: milliseconds billed and megabytes held by one call, and bytes that it logs. */
const CALL = { milliseconds: 10, megabytes: 1_024, logBytes: 700 };

/**
 * A poll that finds nothing new, assumed like a call: two sources, whose states are read before and after, and up to a
 * thousand manifests in the bucket, which are one list. Beside its own lines it logs the metrics of each source.
 */
const POLL = { milliseconds: 150, megabytes: 1_769, logBytes: 1_400, lists: 1, gets: 4 };

/** Assumed of an idle queue: Lambda keeps five long polls of 20 s each under way, whatever the bound on its calls. */
const IDLE_QUEUE_REQUESTS = (5 * MONTH_HOURS * 3_600) / 20;

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

interface Row {
  readonly what: string;
  readonly dollars: number;
  readonly from: string;
}

const compute = (calls: number, { milliseconds, megabytes, logBytes } = CALL): number =>
  (calls / MILLION) * PRICES.invocations +
  (calls * milliseconds * megabytes * PRICES.gigabyteSeconds) / 1_000 / 1_024 +
  ((calls * logBytes) / 1e9) * PRICES.logs;

const none: Units = { reads: 0, writes: 0, calls: 0 };

const capacity = ({ reads, writes }: Units, times: number): number =>
  ((reads * PRICES.readUnits + writes * PRICES.writeUnits) * times) / MILLION;

/** Units of each operation, on a table with {@link AGENTS} agents. */
async function countUnits(client: DynamoDBDocumentClient): Promise<Record<string, Units>> {
  const meter = new CapacityMeter(client);
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

function reloading(queues: number, poll: Units): Row[] {
  const polls = (MONTH_HOURS * 3_600) / POLL_SECONDS;
  const requests = queues * IDLE_QUEUE_REQUESTS;
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
      what: `${queues} queues`,
      dollars: (requests / MILLION) * PRICES.queueRequests,
      from: 'five long polls of 20 s under way for each',
    },
  ];
}

function idle(units: Record<string, Units>): Row[] {
  const runs = (MONTH_HOURS * 60) / INDEX_BASE_MINUTES;
  const { alarms, queues } = countStanding();
  const told = [INDEX_METRICS.baseAge, ...Object.values(RELOAD_METRICS)];
  return [
    { what: `${alarms} alarms`, dollars: alarms * PRICES.alarm, from: 'the templates' },
    {
      what: `${told.length} metrics`,
      dollars: told.length * PRICES.metric,
      from: `sent while nothing happens: ${told.join(', ')}`,
    },
    ...reloading(queues, units['poll with nothing new'] ?? none),
    {
      what: `index-base, ${runs} runs`,
      dollars: compute(runs * 20) + capacity({ reads: 4, writes: 0, calls: 3 }, runs),
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
const total = (rows: readonly Row[]): number => rows.reduce((sum, { dollars }) => sum + dollars, 0);

async function main(): Promise<void> {
  const units = await withDynamoDbLocal(countUnits);
  const parts = {
    idle: idle(units),
    thousandAgents: perThousandAgents(units),
    millionSearches: perMillionSearches(units),
  };
  if (process.argv.includes('--json')) return console.log(JSON.stringify({ units, ...parts }, null, 2));
  const counted = Object.entries(units).map(([what, { calls, reads, writes }]) => [
    what,
    `${calls}`,
    `${reads}`,
    `${writes}`,
  ]);
  print('Capacity units, as DynamoDB Local reports them', ['operation', 'calls', 'read units', 'write units'], counted);
  const titles = {
    idle: 'Idle, a month',
    thousandAgents: `${AGENTS} agents, a month`,
    millionSearches: 'A million searches',
  };
  for (const [part, rows] of Object.entries(parts)) {
    const lines = rows.map(({ what, dollars, from }) => [what, money(dollars), from]);
    print(
      titles[part as keyof typeof parts],
      ['what', 'US dollars', 'from'],
      [...lines, ['total', money(total(rows)), '']],
    );
  }
}

await main();
