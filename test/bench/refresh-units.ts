import { BatchWriteCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Change, HeadList } from '../../lambdas/agents/change.ts';
import type { AgentDigest } from '../../lambdas/agents/digest-schema.ts';
import { DynamoChangeLog } from '../../lambdas/agents/dynamo-change-log.ts';
import { changeItem, type Item } from '../../lambdas/agents/dynamo-items.ts';
import { LATE_COMMIT_MS } from '../../lambdas/agents/follow-log.ts';
import { WarmIndex } from '../../lambdas/capability/warm-index.ts';
import { isoTime } from '../../lambdas/shared/clock.ts';
import { createUlidFactory, type UlidFactory } from '../../lambdas/shared/ids.ts';
import { createTestTable, dropTestTable } from '../support/test-table.ts';
import type { CapacityMeter } from './capacity-meter.ts';
import { agents } from './data.ts';

/** What refreshes of a warm index cost, in read units as the store reports them. */
export interface RefreshUnits {
  /** Agents in the index. */
  readonly agents: number;
  /** Agents that changed since the refresh before. */
  readonly changes: number;
  /** Bytes of their entries in the log. */
  readonly bytes: number;
  /** What these bytes cost: a unit for each 4 KB of a query, and one at least. */
  readonly expected: number;
  /** The refresh that brings the changes. */
  readonly refresh: number;
  /** The one behind it, which looks back for entries that commit late. */
  readonly next: number;
  /** One when nothing has changed for longer than that. */
  readonly quiet: number;
}

/** A client, and what counts its units. */
export interface MeteredClient {
  readonly client: DynamoDBDocumentClient;
  readonly meter: CapacityMeter;
}

/** Milliseconds between two refreshes: more than the bound. */
const STEP_MS = 2_000;

/** After so many milliseconds without a change a refresh looks back to none. */
const QUIET_MS = LATE_COMMIT_MS + STEP_MS;

const UNIT_BYTES = 4_096;

/** A BatchWriteItem takes 25 items. */
const BATCH = 25;

/** Bytes of a value (DynamoDB developer guide, "DynamoDB item sizes and formats"). */
function bytesOf(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value === 'number') return Math.ceil(String(value).length / 2) + 1;
  if (Array.isArray(value)) return value.reduce((sum: number, one) => sum + 1 + bytesOf(one), 3);
  throw new Error(`No entry of the log has ${typeof value}`);
}

const itemBytes = (item: Item): number =>
  Object.entries(item).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + bytesOf(value), 0);

const headList = (fleet: readonly AgentDigest[]): HeadList => ({
  async *readAll() {
    yield fleet;
  },
});

const changeOf = (digest: AgentDigest, now: number, newUlid: UlidFactory): Change => {
  return {
    id: newUlid(),
    agentId: digest.id,
    revision: digest.revision,
    type: 'AgentUpdated',
    at: isoTime(now),
    actor: 'arn:aws:sts::123456789012:assumed-role/platform/session',
    reason: 'updated',
    changedFields: ['config.priority'],
    digest,
  };
};

/** Puts entries into the log alone: what a refresh reads. Returns their bytes. */
async function append(client: DynamoDBDocumentClient, table: string, changes: readonly Change[]): Promise<number> {
  const items = changes.map(changeItem);
  for (let start = 0; start < items.length; start += BATCH) {
    const requests = items.slice(start, start + BATCH).map((Item) => ({ PutRequest: { Item } }));
    await client.send(new BatchWriteCommand({ RequestItems: { [table]: requests } }));
  }
  return items.reduce((sum, item) => sum + itemBytes(item), 0);
}

/**
 * Counts what refreshes cost with so many agents in the index. The agents are in memory, the log in a table of its own:
 * a refresh reads nothing else.
 *
 * @param changes agents that change at once, for each of the refreshes to count
 */
export async function countRefreshUnits(
  { client, meter }: MeteredClient,
  size: number,
  changes: readonly number[],
): Promise<RefreshUnits[]> {
  const table = await createTestTable(client);
  let now = Date.now();
  const clock = { now: () => now };
  const newUlid = createUlidFactory(clock);
  const fleet = [...agents(size)];
  const index = new WarmIndex({
    changes: new DynamoChangeLog(client, table),
    heads: headList(fleet),
    clock,
    maxStaleness: STEP_MS / 2,
  });
  const refreshed = async (after: number) => {
    now += after;
    return index.fresh();
  };
  const unitsAfter = async (after: number) => (await meter.measure(() => refreshed(after))).reads;

  const counted: RefreshUnits[] = [];
  // Agents of the fleet have revisions up to 9.
  for (const [round, count] of changes.entries()) {
    await refreshed(QUIET_MS);
    const changed = fleet.slice(0, count).map((agent) => changeOf({ ...agent, revision: 10 + round }, now, newUlid));
    const bytes = await append(client, table, changed);
    const refresh = await unitsAfter(STEP_MS);
    const { directory } = await index.fresh();
    for (const { agentId, revision } of changed) {
      if (directory.revisionOf(agentId) !== revision) throw new Error(`The index missed a change of ${agentId}`);
    }
    const next = await unitsAfter(STEP_MS);
    await refreshed(QUIET_MS);
    const quiet = await unitsAfter(STEP_MS);
    const expected = Math.max(1, Math.ceil(bytes / UNIT_BYTES));
    counted.push({ agents: size, changes: count, bytes, expected, refresh, next, quiet });
  }
  await dropTestTable(client, table);
  return counted;
}
