import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
} from '@aws-sdk/client-s3';
import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, expect } from '@jest/globals';
import { REGISTRY_PARTITION } from '../../lambdas/agents/contract.ts';
import { MANIFEST_PREFIX } from '../../lambdas/discovery/contract.ts';
import type { ReloadReport, ReloadStatus } from '../../lambdas/discovery/reload-status.ts';
import { createDocumentClient } from '../../lambdas/shared/aws-clients.ts';
import { call } from './api.ts';
import { aManifest, keyOf } from './hot-reload.ts';
import { awsClientConfig, localStack } from './local-stack.ts';
import { type ReloadRule, turnOff } from './rules.ts';

/** A client of the emulator's S3. */
export const s3Client = (): S3Client => new S3Client({ ...awsClientConfig(), forcePathStyle: true });

/** Where a manifest stands in the bucket, and where its agent says it comes from. */
export const originIn = (key: string): string => `s3://${localStack().bucketName}/${key}`;

/** Puts an object into the deployed bucket, as whoever declares agents does: text as it is, anything else as JSON. */
export async function putObject(key: string, content: unknown): Promise<void> {
  const Body = typeof content === 'string' ? content : JSON.stringify(content);
  await s3Client().send(new PutObjectCommand({ Bucket: localStack().bucketName, Key: key, Body }));
}

/** Puts an agent's manifest into the deployed bucket. */
export const putManifest = (id: string, more: object = {}): Promise<void> => putObject(keyOf(id), aManifest(id, more));

export async function readObject(key: string): Promise<Record<string, unknown>> {
  const { Body } = await s3Client().send(new GetObjectCommand({ Bucket: localStack().bucketName, Key: key }));
  return JSON.parse((await Body?.transformToString()) ?? '');
}

export async function deleteObject(key: string): Promise<void> {
  await s3Client().send(new DeleteObjectCommand({ Bucket: localStack().bucketName, Key: key }));
}

export const deleteManifest = (id: string): Promise<void> => deleteObject(keyOf(id));

/** Has everything looked at now. What is under way is waited for. */
export async function reload(body?: { confirmRemovals: boolean }): Promise<ReloadReport> {
  const answer = await call<ReloadReport>('POST', '/registry/reload', body);
  expect(answer.status).toBe(200);
  return answer.body;
}

export const reloadStatus = async (): Promise<ReloadStatus> =>
  (await call<ReloadStatus>('GET', '/registry/reload')).body;

/** Forgets what went within the last minute: what goes next goes in a minute of its own. */
export async function nextMinute(): Promise<void> {
  const Key = { pk: REGISTRY_PARTITION, sk: 'REMOVALS#s3' };
  await createDocumentClient(awsClientConfig()).send(new DeleteCommand({ TableName: localStack().tableName, Key }));
}

/** Takes every manifest out of the deployed bucket, and what they declare out of the registry. */
export async function emptyBucket(): Promise<void> {
  const client = s3Client();
  const Bucket = localStack().bucketName;
  for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket, Prefix: MANIFEST_PREFIX })) {
    if (Contents.length === 0) continue;
    await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: Contents.map(({ Key }) => ({ Key })) } }));
  }
  // What an event looks at in this very moment is looked at again.
  for (let round = 0; round < 10; round += 1) {
    const { sources, status } = await reload({ confirmRemovals: true });
    const rests = sources.s3?.outcome === 'done' && sources.s3.removedCount === 0;
    if (rests && status.sources.s3.totalAgents === 0 && status.held.length === 0) return nextMinute();
  }
  throw new Error('The bucket is empty, and its agents are still there');
}

/**
 * Gives the deployed bucket to one file of tests: it is empty when they begin and when they have ended.
 *
 * @param off what does not set hot reload going meanwhile
 */
export function bucketOfOurOwn({ off }: { readonly off: readonly ReloadRule[] }): void {
  let turnOn: () => Promise<void>;
  beforeAll(async () => {
    turnOn = await turnOff(...off);
    await emptyBucket();
  });
  afterAll(() => emptyBucket().finally(turnOn));
}
