import { paginateScan } from '@aws-sdk/lib-dynamodb';
import { createDocumentClient } from '../../lambdas/shared/aws-clients.ts';
import { awsClientConfig, localStack } from './local-stack.ts';

/** Every item of the registry's table, read straight from it. */
export async function scanTable(): Promise<Record<string, unknown>[]> {
  const client = createDocumentClient(awsClientConfig());
  const items: Record<string, unknown>[] = [];
  const input = { TableName: localStack().tableName, ConsistentRead: true };
  for await (const { Items = [] } of paginateScan({ client }, input)) items.push(...Items);
  return items;
}
