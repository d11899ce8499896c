import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';
import { DeadLetters } from '../constructs/dead-letters.ts';
import { healthRules } from '../constructs/health.ts';
import { HeartbeatPolicy } from '../constructs/heartbeat-policy.ts';
import { indexBaseRule } from '../constructs/index-base.ts';
import { LifecycleBus } from '../constructs/lifecycle-bus.ts';
import { ManifestBucket } from '../constructs/manifest-bucket.ts';
import { RegistryTable } from '../constructs/registry-table.ts';
import { reloadRules } from '../constructs/reload-triggers.ts';

export interface StorageStackProps extends StackProps {
  readonly config: StageConfig;
}

/** What must outlive a deployment of the functions: the table, the manifests, the bus, what could not be handed on, and what agents' roles hold. */
export class StorageStack extends Stack {
  readonly registryTable: RegistryTable;
  readonly manifests: ManifestBucket;
  readonly lifecycleBus: LifecycleBus;
  readonly deadLetters: DeadLetters;

  constructor(scope: Construct, id: string, { config, ...props }: StorageStackProps) {
    super(scope, id, { ...props, terminationProtection: config.retained });
    this.registryTable = new RegistryTable(this, 'Registry', { config });
    this.manifests = new ManifestBucket(this, 'Manifests', { config });
    this.lifecycleBus = new LifecycleBus(this, 'Lifecycle', { config });
    this.deadLetters = new DeadLetters(this, 'DeadLetters', {
      config,
      rules: [indexBaseRule(config), ...reloadRules(config), ...healthRules(config)],
    });
    const heartbeat = new HeartbeatPolicy(this, 'Heartbeat', { config, registryTable: this.registryTable });
    new CfnOutput(this, 'HeartbeatPolicyArn', { value: heartbeat.policy.managedPolicyArn });
  }
}
