import type { Clock } from '../../shared/clock.ts';
import type { HealthCheckResult } from '../health-status.ts';
import { type CheckReason, checkResult } from './check-result.ts';
import type { Checker, CheckTarget, EcsCheck } from './checker.ts';
import { type NoAnswer, PacedCalls } from './paced-calls.ts';
import type { Permits } from './permitted.ts';

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

const REFERENCE = /^(arn:[a-z-]+:ecs:[^/]*\/([^/]+\/)?)?(?<name>[A-Za-z0-9_-]{1,255})$/;

/** The name in a reference to a cluster or service, which may be an ARN. One that is wrong would fail a whole call. */
export const ecsNameIn = (reference: string): string | undefined => REFERENCE.exec(reference)?.groups?.name;

const reasonOf = (answer: ServicesAnswer, service: string): CheckReason | undefined => {
  if (answer === 'cluster missing') return 'CLUSTER_MISSING';
  const state = answer.get(service);
  return state && judgeService(state);
};

/** `undefined`: it cannot be asked for. */
type Named = { readonly agentId: string; readonly cluster: string; readonly service: string } | undefined;

export interface EcsCheckerProps {
  readonly ask: AskServices;
  /** Asked for `cluster/service`. */
  readonly permits: Permits;
  readonly clock: Clock;
}

/** Checks services of ECS: ten of a cluster with one call, and each once, however many agents run in it. */
export class EcsChecker implements Checker {
  readonly kind = 'ecs';
  readonly #permits: Permits;
  readonly #calls: PacedCalls<ServicesQuestion, ServicesAnswer>;

  constructor({ ask, permits, clock }: EcsCheckerProps) {
    this.#permits = permits;
    this.#calls = new PacedCalls({ call: ask, limit: SERVICE_CALLS, clock });
  }

  async check(targets: readonly CheckTarget[], deadline: number): Promise<ReadonlyMap<string, HealthCheckResult>> {
    const named = targets.flatMap(({ agentId, check }) =>
      check.type === 'ecs' ? [this.#named(agentId, check)].filter((one) => one !== undefined) : [],
    );
    const clusters = Map.groupBy(named, ({ cluster }) => cluster);
    const agents = new Map([...clusters].map(([cluster, some]) => [cluster, Map.groupBy(some, (one) => one.service)]));
    const questions = [...agents].flatMap(([cluster, services]) => inTens(cluster, [...services.keys()]));
    const results = new Map<string, HealthCheckResult>();
    for (const { question, answer, at, responseTime } of await this.#calls.ask(questions, deadline)) {
      for (const service of question.services) {
        const reason = reasonOf(answer, service);
        for (const { agentId } of (reason && agents.get(question.cluster)?.get(service)) || []) {
          results.set(agentId, checkResult(agentId, this.kind, { reason: reason as CheckReason, at, responseTime }));
        }
      }
    }
    return results;
  }

  #named(agentId: string, check: EcsCheck): Named {
    const cluster = ecsNameIn(check.cluster);
    const service = ecsNameIn(check.service);
    if (cluster === undefined || service === undefined || !this.#permits(`${cluster}/${service}`)) return undefined;
    // The cluster may be of another account: it is asked for as it is written.
    return { agentId, cluster: check.cluster, service };
  }
}

const inTens = (cluster: string, services: readonly string[]): ServicesQuestion[] =>
  Array.from({ length: Math.ceil(services.length / SERVICES_A_CALL) }, (_, n) => ({
    cluster,
    services: services.slice(n * SERVICES_A_CALL, (n + 1) * SERVICES_A_CALL),
  }));
