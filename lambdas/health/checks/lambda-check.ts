import type { Clock } from '../../shared/clock.ts';
import type { HealthCheckResult } from '../health-status.ts';
import { type CheckReason, checkResult } from './check-result.ts';
import type { Checker, CheckTarget } from './checker.ts';
import { type NoAnswer, PacedCalls } from './paced-calls.ts';
import type { Permits } from './permitted.ts';

/** What Lambda says of a function (API reference, "FunctionConfiguration"). */
export interface FunctionState {
  readonly state: string | undefined;
  readonly lastUpdateStatus: string | undefined;
}

/** Asks Lambda for a function, once. It never throws. */
export type AskFunction = (functionName: string) => Promise<FunctionState | 'missing' | NoAnswer>;

/** Calls in a second: all of GetFunctionConfiguration may be as few as 15 to 100 for the account (Lambda, "Quotas"). */
export const FUNCTION_CALLS = 20;

/** Of one that works otherwise: a version that is not there yet, or could not be made, leaves the old one serving. */
const UPDATES: Readonly<Record<string, CheckReason>> = {
  Successful: 'OK',
  InProgress: 'UPDATE_IN_PROGRESS',
  Failed: 'UPDATE_FAILED',
};

/** One that was not called for weeks is put away, and comes back when it is called: it idles. */
const STATES: Readonly<Record<string, CheckReason>> = {
  Inactive: 'IDLE',
  Pending: 'FUNCTION_PENDING',
  Failed: 'FUNCTION_FAILED',
};

/** What a state means; `undefined`: it is none that we know. */
export function judgeFunction(answer: FunctionState | 'missing'): CheckReason | undefined {
  if (answer === 'missing') return 'FUNCTION_MISSING';
  const { state = '', lastUpdateStatus = '' } = answer;
  return state === 'Active' ? UPDATES[lastUpdateStatus] : STATES[state];
}

const REFERENCE =
  /^((arn:[a-z-]+:lambda:[a-z0-9-]+:)?\d{12}:function:|function:)?(?<name>[A-Za-z0-9_-]{1,140})(:[A-Za-z0-9$_-]+)?$/;

/** The name in a reference to a function, which may be an ARN or have a qualifier (API reference, `FunctionName`). */
export const functionNameIn = (reference: string): string | undefined => REFERENCE.exec(reference)?.groups?.name;

export interface LambdaCheckerProps {
  readonly ask: AskFunction;
  readonly permits: Permits;
  readonly clock: Clock;
}

/** Checks Lambda functions: each is asked for once, however many agents run in it. */
export class LambdaChecker implements Checker {
  readonly kind = 'lambda';
  readonly #permits: Permits;
  readonly #calls: PacedCalls<string, FunctionState | 'missing'>;

  constructor({ ask, permits, clock }: LambdaCheckerProps) {
    this.#permits = permits;
    this.#calls = new PacedCalls({ call: ask, limit: FUNCTION_CALLS, clock });
  }

  async check(targets: readonly CheckTarget[], deadline: number): Promise<ReadonlyMap<string, HealthCheckResult>> {
    const agents = Map.groupBy(targets, ({ check }) => (check.type === 'lambda' ? check.functionName : ''));
    const permitted = [...agents.keys()].filter((reference) => {
      const name = functionNameIn(reference);
      return name !== undefined && this.#permits(name);
    });
    const results = new Map<string, HealthCheckResult>();
    for (const { question, answer, at, responseTime } of await this.#calls.ask(permitted, deadline)) {
      const reason = judgeFunction(answer);
      if (reason === undefined) continue;
      for (const { agentId } of agents.get(question) ?? []) {
        results.set(agentId, checkResult(agentId, this.kind, { reason, at, responseTime }));
      }
    }
    return results;
  }
}
