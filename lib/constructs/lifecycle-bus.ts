import { Stack, Tags } from 'aws-cdk-lib';
import { type CfnEventBus, EventBus } from 'aws-cdk-lib/aws-events';
import { Effect, PolicyDocument, PolicyStatement, StarPrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { EVENT_SOURCE } from '../../lambdas/agents/contract.ts';
import type { StageConfig } from '../config.ts';
import type { RegistryFunction } from './registry-function.ts';

/** Tag of a role that may announce changes. Its value is the stage's full name, such as `ai-pa-agent-registry-dev`. */
export const PUBLISHER_TAG = 'agent-registry-publisher';

export interface LifecycleBusProps {
  readonly config: StageConfig;
}

/**
 * The bus on which the registry announces what happened to agents.
 *
 * Identities of the account need no word from the bus to put events on it, and without an Allow other accounts can put
 * none. What is left to guard is the meaning of an event: consumers act on `source: agent-registry` as the registry's
 * own word. So the policy denies that source to everybody but roles tagged as publishers of this stage: `change-stream`,
 * `discovery` (a refused manifest changes nothing, so no change announces it), and the role with which an operator
 * republishes from the change log. It guards against mistakes and wide permissions, not against those who may tag roles.
 */
export class LifecycleBus extends Construct {
  readonly bus: EventBus;
  private readonly stageName: string;

  constructor(scope: Construct, id: string, { config }: LifecycleBusProps) {
    super(scope, id);
    this.stageName = config.name;
    this.bus = new EventBus(this, 'Bus', {
      eventBusName: config.name,
      description: 'Agents that were registered, updated, unregistered, or changed their status; refused manifests',
    });
    this.bus.applyRemovalPolicy(config.removalPolicy);
    // The bus's own property rather than an EventBusPolicy: there is no moment at which the bus stands unguarded.
    const bus = this.bus.node.defaultChild as CfnEventBus;
    bus.policy = new PolicyDocument({ statements: [this.denyForgedEvents()] });
  }

  /** Lets the function announce changes on the bus, and gives it `EVENT_BUS_NAME`. */
  grantPublish(publisher: RegistryFunction): void {
    this.bus.grantPutEventsTo(publisher.role);
    Tags.of(publisher.role).add(PUBLISHER_TAG, this.stageName);
    publisher.fn.addEnvironment('EVENT_BUS_NAME', this.bus.eventBusName);
  }

  private denyForgedEvents(): PolicyStatement {
    return new PolicyStatement({
      sid: 'OnlyPublishersSpeakForTheRegistry',
      effect: Effect.DENY,
      principals: [new StarPrincipal()],
      actions: ['events:PutEvents'],
      // Spelled out: a policy inside the bus cannot refer to the bus.
      resources: [Stack.of(this).formatArn({ service: 'events', resource: 'event-bus', resourceName: this.stageName })],
      conditions: {
        // One call carries up to ten sources: a single forged one among them is enough.
        'ForAnyValue:StringEquals': { 'events:source': EVENT_SOURCE },
        // True for a role without the tag, too.
        StringNotEquals: { [`aws:PrincipalTag/${PUBLISHER_TAG}`]: this.stageName },
      },
    });
  }
}
