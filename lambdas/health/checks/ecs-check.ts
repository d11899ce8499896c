import type { Clock } from '../../shared/clock.ts';
import type { HealthCheckResult } from '../health-status.ts';
import { type CheckReason, checkResult } from './check-result.ts';
import type { Checker, CheckTarget } from './checker.ts';
import { isOurs, type OwnAccount } from './own-account.ts';
import { type NoAnswer, PacedCalls } from './paced-calls.ts';
import type { Permits } from './permitted.ts';
import { type TellUnasked, UnaskedAgents, type UnaskedCause } from './unasked.ts';

/** What ECS says of a service (API reference, "Service"). */
export interface ServiceState {
  readonly status: string | undefined;
  readonly running: number;
  readonly pending: number;
  /** Of the newest deployment. */
  readonly rollout: string | undefined;
}

/** Some services of one cluster, by their names. */
export interface ServicesQuestion {
  readonly cluster: string;
  readonly services: readonly string[];
}

/** What is known of each; one that is missing from the map was not told of. */
export type ServicesAnswer = ReadonlyMap<string, ServiceState | 'missing'> | 'cluster missing';

/** Asks ECS for services, once. It never throws. */
export type AskServices = (question: ServicesQuestion) => Promise<ServicesAnswer | NoAnswer>;

/** Calls in a second: the account has 20, for all that read (ECS, "Request throttling"). */
export const SERVICE_CALLS = 10;

/** Services of a call (API reference, "DescribeServices"). */
export const SERVICES_A_CALL = 10;

/** While a deployment rolls, tasks are pending and the old ones serve: neither right nor wrong. */
export function judgeService(service: ServiceState | 'missing'): CheckReason {
  if (service === 'missing') return 'SERVICE_MISSING';
  if (service.status !== 'ACTIVE') return 'SERVICE_INACTIVE';
  if (service.running === 0) return 'NO_TASKS';
  if (service.rollout === 'FAILED') return 'ROLLOUT_FAILED';
  return service.pending > 0 ? 'TASKS_PENDING' : 'OK';
}

const REFERENCE =
  /^(arn:[a-z-]+:ecs:(?<region>[^:/]*):(?<account>[^:/]*):[a-z]+\/([^/]+\/)?)?(?<name>[A-Za-z0-9_-]{1,255})$/;

/** What a reference to a cluster or service names, which may be an ARN. One that is wrong would fail a whole call. */
export function ecsResourceIn(reference: string): ({ readonly name: string } & Partial<OwnAccount>) | undefined {
  const { name, account, region } = REFERENCE.exec(reference)?.groups ?? {};
  if (name === undefined) return undefined;
  return { name, ...(account !== undefined && { account }), ...(region !== undefined && { region }) };
}

const reasonOf = (answer: ServicesAnswer, service: string): CheckReason | undefined => {
  if (answer === 'cluster missing') return 'CLUSTER_MISSING';
  const state = answer.get(service);
  return state && judgeService(state);
};

interface Named {
  readonly agentId: string;
  readonly cluster: string;
  readonly service: string;
}

export interface EcsCheckerProps {
  readonly ask: AskServices;
  /** Asked for `cluster/service`. */
  readonly permits: Permits;
  readonly own: OwnAccount;
  readonly clock: Clock;
  readonly onUnasked?: TellUnasked;
}

/** Checks services of ECS: ten of a cluster with one call, and each once, however many agents run in it. */
export class EcsChecker implements Checker {
  readonly kind = 'ecs';
  readonly #props: EcsCheckerProps;
  readonly #calls: PacedCalls<ServicesQuestion, ServicesAnswer>;

  constructor(props: EcsCheckerProps) {
    this.#props = props;
    this.#calls = new PacedCalls({ call: props.ask, limit: SERVICE_CALLS, clock: props.clock });
  }

  async check(targets: readonly CheckTarget[], deadline: number): Promise<ReadonlyMap<string, HealthCheckResult>> {
    const unasked = new UnaskedAgents();
    const results = new Map<string, HealthCheckResult>();
    const agents = Map.groupBy(this.#named(targets, unasked), ({ cluster, service }) => `${cluster}/${service}`);
    const agentsOf = (cluster: string, service: string) => agents.get(`${cluster}/${service}`) ?? [];
    const leave = ({ cluster, services }: ServicesQuestion, cause: UnaskedCause) => {
      for (const service of services) unasked.add(cause, agentsOf(cluster, service).length);
    };
    for (const { question, answer, at, responseTime } of await this.#calls.ask(questionsFor(agents), deadline, leave)) {
      for (const service of question.services) {
        const reason = reasonOf(answer, service);
        if (reason === undefined) leave({ ...question, services: [service] }, 'unclear');
        else {
          for (const { agentId } of agentsOf(question.cluster, service)) {
            results.set(agentId, checkResult(agentId, this.kind, { reason, at, responseTime }));
          }
        }
      }
    }
    unasked.tell(this.#props.onUnasked);
    return results;
  }

  /** Those that may be asked for, by plain names. */
  #named(targets: readonly CheckTarget[], unasked: UnaskedAgents): Named[] {
    const { permits, own } = this.#props;
    return targets.flatMap(({ agentId, check }) => {
      if (check.type !== 'ecs') return [];
      const cluster = ecsResourceIn(check.cluster);
      const service = ecsResourceIn(check.service);
      if (cluster === undefined || service === undefined) unasked.add('unreadable');
      else if (!isOurs(cluster, own) || !isOurs(service, own)) unasked.add('elsewhere');
      else if (!permits(`${cluster.name}/${service.name}`)) unasked.add('notPermitted');
      else return [{ agentId, cluster: cluster.name, service: service.name }];
      return [];
    });
  }
}

/** @param agents those of each `cluster/service` */
function questionsFor(agents: ReadonlyMap<string, readonly Named[]>): ServicesQuestion[] {
  const services = [...agents.values()].flatMap(([one]) => one ?? []);
  return [...Map.groupBy(services, ({ cluster }) => cluster)].flatMap(([cluster, some]) =>
    inTens(
      cluster,
      some.map(({ service }) => service),
    ),
  );
}

const inTens = (cluster: string, services: readonly string[]): ServicesQuestion[] =>
  Array.from({ length: Math.ceil(services.length / SERVICES_A_CALL) }, (_, n) => ({
    cluster,
    services: services.slice(n * SERVICES_A_CALL, (n + 1) * SERVICES_A_CALL),
  }));
