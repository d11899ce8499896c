import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/**
 * The bounds of one call: DynamoDB and EventBridge answer in milliseconds, so a connection that is not there
 * after a second, or an answer after three, is lost; the SDK sends it again (a transaction under its own token).
 */
export const BOUNDS = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
} as const;

/** What the SDK needs to be pointed elsewhere, as the command line and the tests do. */
export interface AwsTarget {
  endpoint?: string;
  region?: string;
  credentials?: { accessKeyId: string; secretAccessKey: string };
}

/**
 * A document client that drops `undefined` and refuses class instances. Numbers are numbers: by itself it fails at one
 * that is neither safe nor whole, and with it at all items that were read beside it.
 */
export function createDocumentClient(target: AwsTarget = {}): DynamoDBDocumentClient {
  return DynamoDBDocumentClient.from(new DynamoDBClient({ ...BOUNDS, ...target }), {
    marshallOptions: { removeUndefinedValues: true },
    unmarshallOptions: { wrapNumbers: Number },
  });
}

/** A client of EventBridge. */
export function createEventBridgeClient(target: AwsTarget = {}): EventBridgeClient {
  return new EventBridgeClient({ ...BOUNDS, ...target });
}
