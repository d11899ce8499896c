import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DeleteTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import pMap from 'p-map';
import { awsEnvironment, PROJECT } from '../../bin/local/aws-environment.ts';
import { unique } from './api.ts';
import { s3Client } from './deployed-bucket.ts';
import { configurationOf, setEnvironment } from './functions.ts';
import { awsClientConfig, createRegistryTable, localStack } from './local-stack.ts';
import { type Meddle, passOn, startProxy } from './proxy.ts';

/** What one poll took. */
export interface Effort {
  readonly milliseconds: number;
  /** Most memory that its process ever held. */
  readonly megabytes: number;
}

/**
 * A bucket and a table of their own, which the deployed discovery function works with for a while: what is in them is
 * in nobody's way, and nothing but the function looks at them. Its calls of S3 go through a proxy that counts them.
 */
export interface OtherStage extends AsyncDisposable {
  readonly table: string;
  put(key: string, content: object): Promise<void>;
  /** Pages of listings that were asked for, and manifests that were fetched or asked after, since this was last called. */
  counted(): { readonly lists: number; readonly manifests: number };
  /** What becomes of the function's calls of S3 from now on; {@link isListing} and {@link isOfManifest} tell them apart. */
  meddle(meddle: Meddle): void;
  /** Makes a scheduled poll with the function's code and environment in a process of its own. */
  pollAlone(): Promise<Effort>;
}

export const isListing = (path: string): boolean => path.includes('list-type=2');
export const isOfManifest = (path: string): boolean => /^\/[^/?]+\/manifests\//.test(path);

/** Lets requests through as they came. */
export const asTheyCome: Meddle = (_incoming, forward, response) => passOn(forward, response);

export async function startOtherStage(): Promise<OtherStage> {
  const name = unique('other-stage');
  const { endpoint } = localStack();
  const s3 = s3Client();
  const dynamo = new DynamoDBClient(awsClientConfig());
  await s3.send(new CreateBucketCommand({ Bucket: name }));
  await createRegistryTable(dynamo, name);
  const proxy = await startProxy(endpoint);
  let current = asTheyCome;
  let [lists, manifests] = [0, 0];
  proxy.meddle((incoming, forward, response) => {
    lists += Number(isListing(incoming.path));
    manifests += Number(isOfManifest(incoming.path));
    return current(incoming, forward, response);
  });
  const { TABLE_NAME, BUCKET_NAME } = (await configurationOf('discovery')).environment;
  await setEnvironment('discovery', { TABLE_NAME: name, BUCKET_NAME: name, AWS_ENDPOINT_URL_S3: proxy.url });
  return {
    table: name,
    async put(key, content) {
      await s3.send(new PutObjectCommand({ Bucket: name, Key: key, Body: JSON.stringify(content) }));
    },
    counted() {
      const counts = { lists, manifests };
      [lists, manifests] = [0, 0];
      return counts;
    },
    meddle(meddle) {
      current = meddle;
    },
    async pollAlone() {
      const { AWS_ENDPOINT_URL_S3: _, ...environment } = (await configurationOf('discovery')).environment;
      const { stdout } = await promisify(execFile)(process.execPath, ['test/support/poll-alone.ts'], {
        cwd: PROJECT,
        env: { ...environment, ...awsEnvironment(endpoint), LAMBDA_TASK_ROOT: join(PROJECT, 'lambdas', 'discovery') },
      });
      return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Effort;
    },
    async [Symbol.asyncDispose]() {
      await setEnvironment('discovery', { TABLE_NAME, BUCKET_NAME, AWS_ENDPOINT_URL_S3: undefined });
      await proxy.close();
      await dynamo.send(new DeleteTableCommand({ TableName: name }));
    },
  };
}

/** Puts so many manifests there, each by a call of its own, as a platform's team would in months. */
export async function fill(stage: OtherStage, ids: readonly string[], manifestOf: (id: string) => object) {
  await pMap(ids, (id) => stage.put(`manifests/${id}/manifest.json`, manifestOf(id)), { concurrency: 16 });
}
