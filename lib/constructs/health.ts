import { ArnFormat, Duration, Stack, Token, Validations } from 'aws-cdk-lib';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import { type IQueue, Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import {
  type AWS_CHECK_ENVIRONMENT,
  CHECK_KINDS,
  type CheckKind,
  type HEALTH_API_ENVIRONMENT,
  type ROUND_OPTIONS,
  ROUND_SECONDS,
  SCHEDULED_ROUND,
  SWEEP_SECONDS,
} from '../../lambdas/health/contract.ts';
import type { StageConfig } from '../config.ts';
import { type FunctionShortName, functionNameOf } from '../function-names.ts';
import { type GivenEnvironment, RegistryFunction, type RegistryFunctionProps } from './registry-function.ts';
import type { RegistryTable } from './registry-table.ts';
import { RoundSchedule } from './round-schedule.ts';

export interface HealthProps {
  readonly config: StageConfig;
  readonly registryTable: RegistryTable;
  /** Where a round goes that could not be started. It must let the rules of {@link healthRules} in. */
  readonly deadLetters: IQueue;
  /** Size of a function that answers callers. */
  readonly api: Pick<RegistryFunctionProps, 'memorySize' | 'timeout'>;
}

/** Something that is done again and again. */
interface Round {
  readonly id: string;
  readonly shortName: FunctionShortName;
  readonly entry: string;
  readonly description: string;
  readonly every: Duration;
  readonly memorySize: number;
}

interface Check extends Round {
  /** What the function may be given beside, and the setting of the stage that it is. */
  readonly option: readonly [
    name: (typeof ROUND_OPTIONS)[number],
    setting: 'allowedHosts' | 'checkedFunctions' | 'checkedServices',
  ];
  /** What AWS is asked about the resources that the setting names. @default - AWS is not asked */
  readonly asks?: { readonly action: string; readonly resources: (name: string) => readonly string[] };
}

const CHECKS: Readonly<Record<CheckKind, Check>> = {
  http: {
    id: 'HttpCheck',
    shortName: 'http-check',
    entry: 'lambdas/health/http-check.handler.ts',
    description: 'Asks the agents that have an address of their own how they are',
    every: Duration.seconds(ROUND_SECONDS),
    // One whole processor: 5,000 addresses in half a minute are as many handshakes of TLS.
    memorySize: 1_769,
    option: ['ALLOWED_HOSTS', 'allowedHosts'],
  },
  lambda: {
    id: 'LambdaCheck',
    shortName: 'lambda-check',
    entry: 'lambdas/health/lambda-check.handler.ts',
    description: 'Looks after the agents that are Lambda functions',
    // Each function is due every five minutes; a round of each minute spreads them.
    every: Duration.minutes(1),
    memorySize: 512,
    option: ['CHECKED_FUNCTIONS', 'checkedFunctions'],
    asks: {
      action: 'lambda:GetFunctionConfiguration',
      // With its versions and aliases, which a beginning has in it.
      resources: (name) => [`function:${name}`, ...(name.endsWith('*') ? [] : [`function:${name}:*`])],
    },
  },
  ecs: {
    id: 'EcsCheck',
    shortName: 'ecs-check',
    entry: 'lambdas/health/ecs-check.handler.ts',
    description: 'Looks after the agents that are ECS services',
    every: Duration.seconds(ROUND_SECONDS),
    memorySize: 512,
    option: ['CHECKED_SERVICES', 'checkedServices'],
    asks: { action: 'ecs:DescribeServices', resources: (name) => [`service/${name}`] },
  },
};

const SWEEP: Round = {
  id: 'Sweep',
  shortName: 'health-sweep',
  entry: 'lambdas/health/sweep.handler.ts',
  description: 'Looks for agents whose heartbeats have stopped',
  every: Duration.seconds(SWEEP_SECONDS),
  // As much as the other functions that hold all of the fleet.
  memorySize: 1_024,
};

/** Less than the 60 s for which a round has its lease. */
const TIMEOUT = Duration.seconds(55);

/** Names of the rules, each after its function, for whoever lets them in without a reference to them. */
export const healthRules = (config: StageConfig): string[] =>
  [...Object.values(CHECKS), SWEEP].map(({ shortName }) => functionNameOf(config, shortName));

/** Watches over agents: takes heartbeats, makes the rounds of the three checks, and sweeps the leases. */
export class Health extends Construct {
  /** Takes heartbeats, and an operator's word. */
  readonly api: RegistryFunction;
  private readonly props: HealthProps;
  private readonly deadLetters: IQueue;

  constructor(scope: Construct, id: string, props: HealthProps) {
    super(scope, id);
    this.props = props;
    const { config, registryTable, api } = props;
    // By its ARN: the queue's own stack would otherwise be given a policy that refers back to the rules.
    this.deadLetters = Queue.fromQueueArn(this, 'DeadLetters', props.deadLetters.queueArn);
    this.api = new RegistryFunction(this, 'Api', {
      config,
      shortName: 'health-api',
      entry: 'lambdas/health/health-api.handler.ts',
      environment: { ALLOW_ANONYMOUS: String(config.anonymous) } satisfies GivenEnvironment<
        typeof HEALTH_API_ENVIRONMENT
      >,
      ...api,
    });
    registryTable.grantLookUp(this.api);
    registryTable.grantBeat(this.api);
    registryTable.grantSettle(this.api);
    registryTable.grantReport(this.api);

    for (const kind of CHECK_KINDS) this.check(kind);
    registryTable.grantReadBeats(this.round(SWEEP));
  }

  private check(kind: CheckKind): void {
    const { config, registryTable } = this.props;
    const { option, asks, ...round } = CHECKS[kind];
    const [name, setting] = option;
    const named = config[setting];
    const checker = this.round(round, {
      ...(asks && this.ownAccount()),
      ...(named !== undefined && { [name]: named }),
    });
    registryTable.grantKeepResults(checker, kind);
    if (asks && named !== undefined) this.grantAsk(checker.role, asks, named.split(','));
  }

  /** A function that is started each round, looks at all of the fleet, and may change the health of agents. */
  private round({ id, description, every, ...round }: Round, environment: Record<string, string> = {}) {
    const { config, registryTable } = this.props;
    const work = new RegistryFunction(this, id, { config, environment, timeout: TIMEOUT, ...round });
    registryTable.grantRead(work);
    registryTable.grantSettle(work);
    registryTable.grantReport(work);
    new RoundSchedule(work, 'Rounds', {
      name: functionNameOf(config, round.shortName),
      description,
      every,
      work,
      timeout: TIMEOUT,
      event: SCHEDULED_ROUND,
      deadLetters: this.deadLetters,
    });
    return work;
  }

  /** Whoever asks AWS asks about this account alone. */
  private ownAccount(): GivenEnvironment<typeof AWS_CHECK_ENVIRONMENT> {
    return { ACCOUNT_ID: Stack.of(this).account };
  }

  /** Lets the role ask AWS for the state of what the stage's configuration names, and of nothing else. */
  private grantAsk(role: Role, { action, resources }: NonNullable<Check['asks']>, names: readonly string[]): void {
    const stack = Stack.of(this);
    const [service = ''] = action.split(':');
    const all = names.flatMap(resources);
    const arnOf = (resource: string) => stack.formatArn({ service, resource, arnFormat: ArnFormat.NO_RESOURCE_NAME });
    role.addToPolicy(new PolicyStatement({ actions: [action], resources: all.map(arnOf) }));
    const account = Token.isUnresolved(stack.account) ? '<AWS::AccountId>' : stack.account;
    for (const resource of all.filter((one) => one.endsWith('*'))) {
      Validations.of(role).acknowledge({
        id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:${service}:<AWS::Region>:${account}:${resource}]`,
        reason:
          'Whoever deploys the stage named this beginning, or this function with its versions. Its state may be read.',
      });
    }
  }
}
