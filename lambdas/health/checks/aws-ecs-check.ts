import {
  DescribeServicesCommand,
  type DescribeServicesCommandOutput,
  ECSClient,
  type Service,
} from '@aws-sdk/client-ecs';
import { type AwsTarget, BOUNDS } from '../../shared/aws-clients.ts';
import { type AskServices, ecsResourceIn, type ServiceState } from './ecs-check.ts';

/** Codes of ECS that say more than that there is no answer (API reference, "DescribeServices"). */
const ANSWERS: Readonly<Record<string, 'cluster missing' | 'busy'>> = {
  ClusterNotFoundException: 'cluster missing',
  ThrottlingException: 'busy',
  TooManyRequestsException: 'busy',
};

const stateOf = ({ status, runningCount = 0, pendingCount = 0, deployments = [] }: Service): ServiceState => ({
  status,
  running: runningCount,
  pending: pendingCount,
  rollout: deployments.find((deployment) => deployment.status === 'PRIMARY')?.rolloutState,
});

function statesIn({
  services = [],
  failures = [],
}: DescribeServicesCommandOutput): Map<string, ServiceState | 'missing'> {
  const missing = failures
    .filter(({ reason }) => reason === 'MISSING')
    .map(({ arn = '' }) => ecsResourceIn(arn)?.name ?? arn);
  return new Map<string, ServiceState | 'missing'>([
    ...missing.map((name) => [name, 'missing'] as const),
    ...services.map((service) => [service.serviceName ?? '', stateOf(service)] as const),
  ]);
}

/**
 * Asks ECS for the state of services. Nothing is asked again: the next round does, and only so is a call a call.
 *
 * @param target where AWS is, and as whom it is asked. @default - as the surroundings say
 */
export function awsServices(target: AwsTarget = {}): AskServices {
  const client = new ECSClient({ ...BOUNDS, ...target, maxAttempts: 1 });
  return async ({ cluster, services }) => {
    try {
      return statesIn(await client.send(new DescribeServicesCommand({ cluster, services: [...services] })));
    } catch (error) {
      return ANSWERS[(error as Error).name] ?? 'refused';
    }
  };
}
