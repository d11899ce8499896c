import type { Clock } from '../../shared/clock.ts';
import type { HealthCheckResult } from '../health-status.ts';
import { type CheckReason, checkResult } from './check-result.ts';
import type { Checker, CheckTarget } from './checker.ts';
import { isOurs, type OwnAccount } from './own-account.ts';
import { type NoAnswer, PacedCalls } from './paced-calls.ts';
import type { Permits } from './permitted.ts';
import { type TellUnasked, UnaskedAgents } from './unasked.ts';

/** What Lambda says of a function (API reference, "FunctionConfiguration"). */
export interface FunctionState {
  readonly state: string | undefined;
  readonly lastUpdateStatus: string | undefined;
}

/** A function by its name, and the version or alias that is meant. @default - the unpublished one, `$LATEST` */
export interface FunctionQuestion {
  readonly name: string;
  readonly qualifier?: string;
}

/** Asks Lambda for a function, once. It never throws. */
export type AskFunction = (question: FunctionQuestion) => Promise<FunctionState | 'missing' | NoAnswer>;

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
  /^(((arn:[a-z-]+:lambda:(?<region>[a-z0-9-]+):)?(?<account>\d{12}):)?function:)?(?<name>[A-Za-z0-9_-]{1,140})(:(?<qualifier>\$LATEST|[A-Za-z0-9_-]{1,128}))?$/;

/** What a reference to a function names: it may be an ARN or have a qualifier (API reference, `FunctionName`). */
export function functionIn(reference: string): (FunctionQuestion & Partial<OwnAccount>) | undefined {
  const { name, qualifier, account, region } = REFERENCE.exec(reference)?.groups ?? {};
  if (name === undefined) return undefined;
  return {
    name,
    ...(qualifier !== undefined && qualifier !== '$LATEST' && { qualifier }),
    ...(account !== undefined && { account }),
    ...(region !== undefined && { region }),
  };
}

/** One text for one question. */
export const questionKey = ({ name, qualifier = '' }: FunctionQuestion): string => `${name}:${qualifier}`;

export interface LambdaCheckerProps {
  readonly ask: AskFunction;
  /** Asked for the name alone: whoever may be asked about may be so in all its versions. */
  readonly permits: Permits;
  readonly own: OwnAccount;
  readonly clock: Clock;
  readonly onUnasked?: TellUnasked;
}

/** One question for all agents that run in the function. */
interface Shared extends FunctionQuestion {
  readonly agentIds: readonly string[];
}

/** Checks Lambda functions: each is asked for once, however many agents run in it, and however they name it. */
export class LambdaChecker implements Checker {
  readonly kind = 'lambda';
  readonly #props: LambdaCheckerProps;
  readonly #calls: PacedCalls<Shared, FunctionState | 'missing'>;

  constructor(props: LambdaCheckerProps) {
    this.#props = props;
    this.#calls = new PacedCalls<Shared, FunctionState | 'missing'>({
      call: props.ask,
      limit: FUNCTION_CALLS,
      clock: props.clock,
    });
  }

  async check(targets: readonly CheckTarget[], deadline: number): Promise<ReadonlyMap<string, HealthCheckResult>> {
    const unasked = new UnaskedAgents();
    const results = new Map<string, HealthCheckResult>();
    const questions = this.#questions(targets, unasked);
    const leave = ({ agentIds }: Shared, cause: NoAnswer | 'late') => unasked.add(cause, agentIds.length);
    for (const { question, answer, at, responseTime } of await this.#calls.ask(questions, deadline, leave)) {
      const reason = judgeFunction(answer);
      if (reason === undefined) unasked.add('unclear', question.agentIds.length);
      else {
        for (const agentId of question.agentIds) {
          results.set(agentId, checkResult(agentId, this.kind, { reason, at, responseTime }));
        }
      }
    }
    unasked.tell(this.#props.onUnasked);
    return results;
  }

  #questions(targets: readonly CheckTarget[], unasked: UnaskedAgents): Shared[] {
    const { permits, own } = this.#props;
    const shared = new Map<string, FunctionQuestion & { readonly agentIds: string[] }>();
    for (const { agentId, check } of targets) {
      if (check.type !== 'lambda') continue;
      const named = functionIn(check.functionName);
      if (named === undefined) unasked.add('unreadable');
      else if (!isOurs(named, own)) unasked.add('elsewhere');
      else if (!permits(named.name)) unasked.add('notPermitted');
      else {
        const { name, qualifier } = named;
        const key = questionKey(named);
        const known = shared.get(key) ?? { name, ...(qualifier !== undefined && { qualifier }), agentIds: [] };
        known.agentIds.push(agentId);
        shared.set(key, known);
      }
    }
    return [...shared.values()];
  }
}
