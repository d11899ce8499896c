import type { S3Client } from '@aws-sdk/client-s3';
import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { keys } from '../../agents/dynamo-items.ts';
import type { AwsTarget } from '../../shared/aws-clients.ts';
import { logger } from '../../shared/telemetry.ts';
import { INDEX_PREFIX } from '../contract.ts';
import { type Sleep, timerSleep, within } from '../within.ts';
import type { IndexBase } from './base-codec.ts';
import {
  type BaseStore,
  MAX_BASE_AHEAD_MS,
  MAX_BASE_READ_MS,
  openBase,
  type SealedBase,
  sealBase,
} from './base-store.ts';

/** The singleton item that names the newest base (ARCHITECTURE, "One table"). */
const POINTER = keys.registry('INDEX');

/** What this store works with. */
export interface S3BaseStoreProps {
  readonly dynamo: DynamoDBDocumentClient;
  readonly table: string;
  /** Loaded on demand: a warm function needs no S3. */
  readonly s3: () => Promise<S3Client>;
  readonly bucket: string;
  /** Told why a base could not be used. */
  readonly onUnusable?: (error: unknown) => void;
  /** @default - a timer */
  readonly sleep?: Sleep;
}

/** Bases as immutable objects named by their content, and a pointer to the newest in the table. */
export class S3BaseStore implements BaseStore {
  readonly #props: S3BaseStoreProps;

  constructor(props: S3BaseStoreProps) {
    this.#props = props;
  }

  async newest(now: number): Promise<IndexBase | undefined> {
    const { sleep = timerSleep, onUnusable } = this.#props;
    const over = new AbortController();
    const limit = { milliseconds: MAX_BASE_READ_MS, what: 'Reading the base', sleep };
    try {
      const sealed = await within(limit, this.#read(over.signal));
      return sealed && openBase(sealed, now);
    } catch (error) {
      onUnusable?.(error);
      return undefined;
    } finally {
      over.abort();
    }
  }

  async #read(abortSignal: AbortSignal): Promise<SealedBase | undefined> {
    const { dynamo, table, bucket, s3 } = this.#props;
    const pointer = new GetCommand({ TableName: table, Key: POINTER, ConsistentRead: true });
    const { Item } = await dynamo.send(pointer, { abortSignal });
    if (Item === undefined) return undefined;
    const { GetObjectCommand } = await import('../../shared/s3-client.ts');
    const object = new GetObjectCommand({ Bucket: bucket, Key: Item.key as string });
    const { Body } = await (await s3()).send(object, { abortSignal });
    const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array(0);
    return { bytes, hash: Item.hash as string };
  }

  async write(base: IndexBase, now: number): Promise<boolean> {
    const { bucket, s3 } = this.#props;
    const { bytes, hash } = sealBase(base);
    const key = `${INDEX_PREFIX}${base.asOf}-${hash}.base`;
    const { PutObjectCommand } = await import('../../shared/s3-client.ts');
    const object = { Bucket: bucket, Key: key, Body: bytes, ContentType: 'application/octet-stream' };
    await (await s3()).send(new PutObjectCommand(object));
    return this.#point({ key, hash, asOf: base.asOf, agents: base.index.size }, now);
  }

  async #point(to: { key: string; hash: string; asOf: number; agents: number }, now: number): Promise<boolean> {
    const { dynamo, table } = this.#props;
    try {
      await dynamo.send(
        new PutCommand({
          TableName: table,
          Item: { ...POINTER, ...to },
          ConditionExpression: 'attribute_not_exists(#pk) OR #asOf < :asOf OR #asOf > :future',
          ExpressionAttributeNames: { '#pk': 'pk', '#asOf': 'asOf' },
          ExpressionAttributeValues: { ':asOf': to.asOf, ':future': now + MAX_BASE_AHEAD_MS },
        }),
      );
      return true;
    } catch (error) {
      if ((error as Error).name === 'ConditionalCheckFailedException') return false;
      throw error;
    }
  }
}

/**
 * Bases of a stage. S3's client is loaded when a base is read or written.
 *
 * @param target where AWS is, and as whom it is asked. @default - as the surroundings say
 */
export const s3Bases = (
  dynamo: DynamoDBDocumentClient,
  {
    table,
    bucket,
    target,
  }: { readonly table: string; readonly bucket: string; readonly target?: AwsTarget | undefined },
): S3BaseStore =>
  new S3BaseStore({
    dynamo,
    table,
    bucket,
    s3: async () => (await import('../../shared/s3-client.ts')).createS3Client(target),
    onUnusable: (error) => logger.warn('The base cannot be used', { error }),
  });
