import pMap from 'p-map';
import type { Clock } from '../../shared/clock.ts';
import type { GuardedFetch } from '../../shared/guarded-fetch.ts';
import { GuardedFetchError, type GuardedFetchFailure } from '../../shared/guarded-fetch-error.ts';
import type { HealthCheckResult } from '../health-status.ts';
import { type CheckReason, checkResult, type Finding } from './check-result.ts';
import type { Checker, CheckTarget, HttpCheck } from './checker.ts';
import { probe } from './http-probe.ts';

/** Sockets at once: a function has 1,024 file descriptors (AWS Lambda, "Quotas"), and needs some for itself. */
export const MAX_SOCKETS = 800;

/** Seconds for an answer where a check does not say (second specification, "HTTP Endpoint Health"). */
const TIMEOUT_SECONDS = 10;

const REASONS: Readonly<Record<GuardedFetchFailure, CheckReason>> = {
  forbidden: 'FORBIDDEN_ADDRESS',
  unreachable: 'UNREACHABLE',
  tls: 'TLS',
  timeout: 'TIMEOUT',
  'too-large': 'TOO_LARGE',
};

export interface HttpCheckerProps {
  readonly fetch: GuardedFetch;
  readonly clock: Clock;
  /** Told of what failed by a fault of ours: that is no failure of an agent. */
  readonly onFault?: (agentId: string, error: unknown) => void;
}

/** Asks HTTP endpoints, each for itself: two agents of one address may want it asked in two ways. */
export class HttpChecker implements Checker {
  readonly kind = 'http';
  readonly #props: HttpCheckerProps;

  constructor(props: HttpCheckerProps) {
    this.#props = props;
  }

  async check(targets: readonly CheckTarget[], deadline: number): Promise<ReadonlyMap<string, HealthCheckResult>> {
    const results = new Map<string, HealthCheckResult>();
    const ask = async ({ agentId, check }: CheckTarget): Promise<void> => {
      const finding = check.type === 'http' ? await this.#ask(agentId, check, deadline) : undefined;
      if (finding) results.set(agentId, checkResult(agentId, this.kind, finding));
    };
    await pMap(targets, ask, { concurrency: MAX_SOCKETS });
    return results;
  }

  async #ask(agentId: string, check: HttpCheck, deadline: number): Promise<Finding | undefined> {
    const { clock, onFault } = this.#props;
    const timeoutMs = (check.timeoutSeconds ?? TIMEOUT_SECONDS) * 1_000;
    const at = clock.now();
    // With less time than it may take, its lateness would be ours.
    if (at + timeoutMs > deadline) return undefined;
    const took = () => ({ at, responseTime: clock.now() - at });
    try {
      const answer = await probe(this.#props, check, timeoutMs);
      return { ...answer, ...took() };
    } catch (error) {
      if (error instanceof GuardedFetchError) return { reason: REASONS[error.kind], ...took() };
      onFault?.(agentId, error);
      return undefined;
    }
  }
}
