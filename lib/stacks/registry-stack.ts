import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import type { Construct } from 'constructs';
import type { WRITE_API_ENVIRONMENT } from '../../lambdas/agents/contract.ts';
import type { READ_API_ENVIRONMENT } from '../../lambdas/capability/contract.ts';
import type { StageConfig } from '../config.ts';
import { ChangeStream } from '../constructs/change-stream.ts';
import { Discovery } from '../constructs/discovery.ts';
import { Health } from '../constructs/health.ts';
import { IndexBase } from '../constructs/index-base.ts';
import { RegistryApi } from '../constructs/registry-api.ts';
import { type GivenEnvironment, RegistryFunction } from '../constructs/registry-function.ts';
import type { StorageStack } from './storage-stack.ts';

export interface RegistryStackProps extends StackProps {
  readonly config: StageConfig;
  readonly storage: StorageStack;
}

/** More than half a processor each: a cold start compiles validators, or reads the whole index. */
const API_FUNCTION = { memorySize: 1_024, timeout: Duration.seconds(15) };

/** What answers callers, follows the sources, announces changes and watches over agents. It holds no data: it can be deleted and deployed again. */
export class RegistryStack extends Stack {
  readonly api: HttpApi;

  constructor(scope: Construct, id: string, { config, storage, ...props }: RegistryStackProps) {
    super(scope, id, { ...props, terminationProtection: config.retained });
    const { registryTable, manifests, lifecycleBus } = storage;
    const deadLetters = storage.deadLetters.queue;

    // It is granted nothing: whoever nobody verified meets a function without rights.
    const open = new RegistryFunction(this, 'Open', {
      config,
      shortName: 'openapi',
      entry: 'lambdas/openapi/openapi.handler.ts',
      memorySize: 512,
      timeout: Duration.seconds(10),
    });

    const read = new RegistryFunction(this, 'Read', {
      config,
      shortName: 'read-api',
      entry: 'lambdas/capability/read-api.handler.ts',
      environment: {
        ALLOW_ANONYMOUS: String(config.anonymous),
        // What CONTRACT promises of list and search: they lag a write by 1 s at most.
        INDEX_MAX_STALENESS_MS: '1000',
      } satisfies GivenEnvironment<typeof READ_API_ENVIRONMENT>,
      ...API_FUNCTION,
    });
    registryTable.grantRead(read);
    manifests.grantReadBases(read);

    const write = new RegistryFunction(this, 'Write', {
      config,
      shortName: 'write-api',
      entry: 'lambdas/agents/write-api.handler.ts',
      environment: {
        ALLOW_ANONYMOUS: String(config.anonymous),
        ALLOWED_TOOLS: config.allowedTools,
        MAX_AGENT_MEMORY: config.maxAgentMemory,
        ...(config.allowedHosts && { ALLOWED_HOSTS: config.allowedHosts }),
      } satisfies GivenEnvironment<typeof WRITE_API_ENVIRONMENT>,
      ...API_FUNCTION,
    });
    registryTable.grantWrite(write);

    new ChangeStream(this, 'ChangeStream', { config, registryTable, lifecycleBus, deadLetters });
    new IndexBase(this, 'IndexBase', { config, registryTable, manifests, deadLetters });
    const discovery = new Discovery(this, 'Discovery', { config, registryTable, manifests, lifecycleBus, deadLetters });
    const health = new Health(this, 'Health', { config, registryTable, deadLetters, api: API_FUNCTION });
    const { api } = new RegistryApi(this, 'Api', {
      config,
      open: open.fn,
      read: read.fn,
      write: write.fn,
      discovery: discovery.reload.fn,
      health: health.api.fn,
    });
    this.api = api;

    new CfnOutput(this, 'ApiUrl', { value: api.apiEndpoint });
    new CfnOutput(this, 'TableName', { value: registryTable.table.tableName });
    new CfnOutput(this, 'BucketName', { value: manifests.bucket.bucketName });
    new CfnOutput(this, 'BusName', { value: lifecycleBus.bus.eventBusName });
  }
}
