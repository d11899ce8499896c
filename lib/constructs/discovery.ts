import { Duration, Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { type DISCOVERY_ENVIRONMENT, IMPLEMENTATIONS } from '../../lambdas/discovery/contract.ts';
import type { StageConfig } from '../config.ts';
import type { LifecycleBus } from './lifecycle-bus.ts';
import type { ManifestBucket } from './manifest-bucket.ts';
import { type GivenEnvironment, RegistryFunction } from './registry-function.ts';
import type { RegistryTable } from './registry-table.ts';
import { ReloadTriggers } from './reload-triggers.ts';

export interface DiscoveryProps {
  readonly config: StageConfig;
  readonly registryTable: RegistryTable;
  readonly manifests: ManifestBucket;
  readonly lifecycleBus: LifecycleBus;
  /** Where everything goes that could not be delivered. */
  readonly deadLetters: IQueue;
}

/** A first poll fetches and commits every manifest there is; what it does not finish is left to the next one. */
const TIMEOUT = Duration.minutes(2);

/** Address of an HTTP API of AWS that has no domain of its own. */
const AWS_API = /^https:\/\/(?<api>[a-z0-9]+)\.execute-api\.(?<region>[a-z0-9-]+)\.amazonaws\.com(\/|$)/;

/** Follows the sources that declare agents: manifests in the bucket, bundled ones, and another registry. */
export class Discovery extends Construct {
  readonly reload: RegistryFunction;

  constructor(scope: Construct, id: string, { config, deadLetters, ...props }: DiscoveryProps) {
    super(scope, id);
    this.reload = new RegistryFunction(this, 'Reload', {
      config,
      shortName: 'discovery',
      entry: 'lambdas/discovery/discovery.handler.ts',
      files: IMPLEMENTATIONS,
      environment: {
        ALLOW_ANONYMOUS: String(config.anonymous),
        ALLOWED_TOOLS: config.allowedTools,
        MAX_AGENT_MEMORY: config.maxAgentMemory,
        UNRESOLVED_DEPENDENCIES: config.unresolvedDependencies,
        ...(config.allowedHosts && { ALLOWED_HOSTS: config.allowedHosts }),
        ...(config.remoteRegistry && { AGENT_REGISTRY_API_ENDPOINT: config.remoteRegistry }),
      } satisfies GivenEnvironment<typeof DISCOVERY_ENVIRONMENT>,
      // One whole processor: a poll of 10,000 manifests reads, parses and compares their list within 10 s.
      memorySize: 1_769,
      timeout: TIMEOUT,
    });
    props.registryTable.grantWrite(this.reload);
    props.registryTable.grantCount(this.reload);
    props.manifests.grantFollow(this.reload);
    props.lifecycleBus.grantPublish(this.reload);
    this.grantRemoteRegistry(config.remoteRegistry);
    new ReloadTriggers(this, 'Triggers', {
      config,
      reload: this.reload,
      timeout: TIMEOUT,
      bucket: props.manifests.bucket,
      deadLetters,
    });
  }

  /** Another registry on AWS asks for signed requests; any other knows its callers by itself. */
  private grantRemoteRegistry(address: string | undefined): void {
    const { api, region } = AWS_API.exec(address ?? '')?.groups ?? {};
    if (api === undefined || region === undefined) return;
    const resourceName = '*/GET/registry/*';
    // The API's id is the only one of its region; whose it is, the address does not tell.
    const arn = Stack.of(this).formatArn({ service: 'execute-api', region, account: '*', resource: api, resourceName });
    this.reload.role.addToPolicy(new PolicyStatement({ actions: ['execute-api:Invoke'], resources: [arn] }));
    Validations.of(this.reload.role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:execute-api:${region}:*:${api}/${resourceName}]`,
      reason: 'It is one API, of which nothing may be called but the reads; their paths hold the ids of agents.',
    });
  }
}
