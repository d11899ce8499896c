import { DynamoAgentStore } from '../agents/dynamo-agent-store.ts';
import { DynamoChangeLog, DynamoHeadList } from '../agents/dynamo-change-log.ts';
import { createDocumentClient } from '../shared/aws-clients.ts';
import { s3Bases } from './base/s3-base-store.ts';

/** Everything of a stage that the index and the reads come from, by the ambient credentials. */
export function awsSources({ TABLE_NAME, BUCKET_NAME }: { TABLE_NAME: string; BUCKET_NAME: string }) {
  const client = createDocumentClient();
  return {
    store: new DynamoAgentStore(client, TABLE_NAME),
    changes: new DynamoChangeLog(client, TABLE_NAME),
    heads: new DynamoHeadList(client, TABLE_NAME),
    bases: s3Bases(client, TABLE_NAME, BUCKET_NAME),
  };
}
