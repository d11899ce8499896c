import { createDocumentClient, createEventBridgeClient } from '../shared/aws-clients.ts';
import { DynamoLateChangeStore } from './dynamo-late-change-store.ts';
import { EventBridgePublisher } from './event-bridge-publisher.ts';

/** Where the changes of a stage are announced, and where late ones are appended again, by the ambient credentials. */
export const awsAnnouncing = ({ EVENT_BUS_NAME, TABLE_NAME }: { EVENT_BUS_NAME: string; TABLE_NAME: string }) => ({
  publisher: new EventBridgePublisher(createEventBridgeClient(), EVENT_BUS_NAME),
  lateChanges: new DynamoLateChangeStore(createDocumentClient(), TABLE_NAME),
});
