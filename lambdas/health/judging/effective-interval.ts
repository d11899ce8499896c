import { type CheckKind, LAMBDA_CHECK_SECONDS, ROUND_SECONDS } from '../contract.ts';

/** What a declared health check must say for its pace to be known. */
export interface Paced {
  readonly type: CheckKind;
  readonly intervalSeconds?: number;
}

const LEAST_SECONDS: Readonly<Record<CheckKind, number>> = {
  http: ROUND_SECONDS,
  ecs: ROUND_SECONDS,
  lambda: LAMBDA_CHECK_SECONDS,
};

/**
 * Beyond two intervals, in milliseconds: a round that is late, or is done by a function that has to start. With two of 30 s
 * it is more than the 120 s after which an HTTP target that hangs is asked again, and its answer and round take.
 */
const GRACE_MS = 90_000;

/** Milliseconds between two checks of an agent: as declared, but no less than its kind allows. Pure. */
export const effectiveInterval = ({ type, intervalSeconds = 0 }: Paced): number =>
  Math.max(intervalSeconds, LEAST_SECONDS[type]) * 1_000;

/** Milliseconds for which the newest result of a check counts. Pure. */
export const freshFor = (check: Paced): number => 2 * effectiveInterval(check) + GRACE_MS;
