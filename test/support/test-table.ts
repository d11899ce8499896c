import { DeleteTableCommand } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, paginateScan } from '@aws-sdk/lib-dynamodb';
import type { Source } from '../../lambdas/agents/agent-record.ts';
import { type Item, toChange, toHead } from '../../lambdas/agents/dynamo-items.ts';
import { randomSuffix } from '../../lambdas/shared/ids.ts';
import { createRegistryTable } from './local-stack.ts';
import type { TableSnapshot } from './table-snapshot.ts';

/** Creates an empty registry table of its own for a test; gives its name. */
export async function createTestTable(client: DynamoDBDocumentClient): Promise<string> {
  const name = `test-${randomSuffix(12)}`;
  await createRegistryTable(client, name);
  return name;
}

export async function dropTestTable(client: DynamoDBDocumentClient, name: string): Promise<void> {
  await client.send(new DeleteTableCommand({ TableName: name }));
}

const partOf = (key: unknown, prefix: string): string => String(key).slice(prefix.length);

/** Everything that a registry table holds; items of a kind that is not known here are named. */
export async function scanSnapshot(client: DynamoDBDocumentClient, table: string): Promise<TableSnapshot> {
  const items: Item[] = [];
  for await (const { Items = [] } of paginateScan({ client }, { TableName: table, ConsistentRead: true })) {
    items.push(...Items);
  }
  const kind = ({ pk, sk }: Item) =>
    sk === 'HEAD' ? 'HEAD' : String(sk).startsWith('LAYER#') ? 'LAYER' : partOf(pk, '').split('#')[0];
  const kinds = Object.groupBy(items, (item) => kind(item) ?? '');
  const { HEAD = [], LAYER = [], NAME = [], LIVENESS = [], CHANGE = [], IDEM = [], ...others } = kinds;
  return {
    heads: HEAD.map(toHead),
    layers: LAYER.map(({ pk, source }) => ({ agentId: partOf(pk, 'AGENT#'), source: source as Source })),
    names: NAME.map(({ pk, agentId }) => ({ name: partOf(pk, 'NAME#'), agentId: agentId as string })),
    beats: LIVENESS.map(({ pk, incarnation }) => ({
      agentId: partOf(pk, 'LIVENESS#'),
      incarnation: incarnation as string,
    })),
    changes: CHANGE.map(toChange),
    outcomes: IDEM.length,
    others: Object.values(others).flatMap((some) => (some ?? []).map(({ pk, sk }) => `${pk} ${sk}`)),
  };
}
