import { ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';
import { PARTITIONS, type RegistryTable } from './registry-table.ts';

/** Tag of an agent's role, or of its session. Its value is the agent's id. */
export const AGENT_TAG = 'agentId';

export interface HeartbeatPolicyProps {
  readonly config: StageConfig;
  readonly registryTable: RegistryTable;
}

/**
 * What an agent's role attaches to write its own heartbeat into the table: one item, which the role's tag names.
 * IAM has no condition on sort keys, so beats have a partition of their own. Where the tag is missing there is nothing to
 * put into the condition, and nothing is allowed; whoever may tag roles decides who speaks for which agent.
 */
export class HeartbeatPolicy extends Construct {
  readonly policy: ManagedPolicy;

  constructor(scope: Construct, id: string, { config, registryTable }: HeartbeatPolicyProps) {
    super(scope, id);
    this.policy = new ManagedPolicy(this, 'Policy', {
      managedPolicyName: `${config.name}-heartbeat`,
      description: `Lets an agent whose role is tagged ${AGENT_TAG} write its own heartbeat`,
      statements: [
        new PolicyStatement({
          sid: 'OwnBeatOnly',
          actions: ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
          resources: [registryTable.table.tableArn],
          conditions: {
            'ForAllValues:StringEquals': {
              'dynamodb:LeadingKeys': [`${PARTITIONS.beats}\${aws:PrincipalTag/${AGENT_TAG}}`],
            },
            // An unnamed variable already matches nothing; this says so for whoever reads the policy.
            Null: { [`aws:PrincipalTag/${AGENT_TAG}`]: 'false' },
          },
        }),
      ],
    });
    this.policy.applyRemovalPolicy(config.removalPolicy);
  }
}
