import { DynamoAgentStore } from '../agents/dynamo-agent-store.ts';
import { DynamoChangeLog, DynamoHeadList } from '../agents/dynamo-change-log.ts';
import { type AwsTarget, createDocumentClient } from '../shared/aws-clients.ts';
import { s3Bases } from './base/s3-base-store.ts';

/**
 * Everything of a stage that the index and the reads come from.
 *
 * @param target where AWS is, and as whom it is asked. @default - as the surroundings say
 */
export function awsSources(
  { TABLE_NAME: table, BUCKET_NAME: bucket }: { TABLE_NAME: string; BUCKET_NAME: string },
  target?: AwsTarget,
) {
  const client = createDocumentClient(target);
  return {
    client,
    store: new DynamoAgentStore(client, table),
    changes: new DynamoChangeLog(client, table),
    heads: new DynamoHeadList(client, table),
    bases: s3Bases(client, { table, bucket, target }),
  };
}
