import type { KeptResults } from '../check-results.ts';
import { type HealthCheckResult, HISTORY, type Outcome, type Reason } from '../health-status.ts';
import { nextStreak } from '../judging/kept-results.ts';
import { lastBeat, leaseEnd, RESULT_STEP, stampOf } from './lease-of-beat.ts';

/** What an agent says of itself with a beat (second specification, "Heartbeat Publishing"). */
export const BEAT_STATUSES = ['healthy', 'unhealthy', 'degraded'] as const;
export type BeatStatus = (typeof BEAT_STATUSES)[number];

export const isBeatStatus = (value: unknown): value is BeatStatus => BEAT_STATUSES.some((status) => status === value);

/** What an agent found out by itself, such as `{ name: 'mcpConnections', status: 'unhealthy' }`. */
export interface BeatCheck {
  readonly name: string;
  readonly status: string;
  readonly message?: string;
}

/** An agent's newest beat, as its item of the table holds it: at most 1 KB, so that one costs one write unit. */
export interface Beat {
  readonly agentId: string;
  /** Which life of the agent it belongs to: registration makes the item, deregistration takes it away. */
  readonly incarnation: string;
  /** Milliseconds since the epoch, as the service's clock told them; absent: it has never beaten. */
  readonly at?: number;
  /** Seconds after `at` that the agent promises to be alive. */
  readonly ttl?: number;
  readonly status?: BeatStatus;
  /** Beats in a row that were healthy (above 0) or unhealthy (below 0). */
  readonly streak: number;
  /** The last ten, oldest first, each `milliseconds * 4 + outcome`: 0 failed, 1 passed, 2 partial. */
  readonly recent: readonly number[];
  readonly metrics?: Readonly<Record<string, number>>;
  readonly checks?: readonly BeatCheck[];
}

/** What a new beat says: its stamp by the service's clock, and all that the agent tells. */
export type SaidBeat = Required<Pick<Beat, 'at' | 'ttl' | 'status'>> & Pick<Beat, 'metrics' | 'checks'>;

/** What a beat's status comes to; the place of an outcome is its number in `recent`. */
const OUTCOMES: readonly Outcome[] = ['failed', 'passed', 'partial'];
const OUTCOME_OF_STATUS: Readonly<Record<BeatStatus, Outcome>> = {
  healthy: 'passed',
  degraded: 'partial',
  unhealthy: 'failed',
};

/**
 * The beat that follows another. One that comes after the lease of its predecessor had ended starts to count anew, and
 * what is stamped in the future is as if it had never come. A stamp tells a beat from every other of its incarnation, so
 * it is always later than the one before. Pure.
 */
export function foldBeat(before: Beat, said: SaidBeat): Beat {
  const { agentId, incarnation, streak } = before;
  const end = leaseEnd(before, said.at);
  const at = Math.max(said.at, (lastBeat(before, said.at) ?? 0) + 1);
  const outcome = OUTCOME_OF_STATUS[said.status];
  const believed = before.recent.filter((result) => stampOf(result) < at);
  return {
    agentId,
    incarnation,
    ...said,
    at,
    streak: nextStreak(end !== undefined && said.at < end ? streak : 0, outcome),
    recent: [...believed, at * RESULT_STEP + OUTCOMES.indexOf(outcome)].slice(-HISTORY),
  };
}

const WORDS: Readonly<Record<Outcome, { readonly reason: Reason; readonly error?: string }>> = {
  passed: { reason: 'AGENT_HEALTHY' },
  partial: { reason: 'AGENT_DEGRADED', error: 'The agent says that it is degraded.' },
  failed: { reason: 'AGENT_UNHEALTHY', error: 'The agent says that it is unhealthy.' },
};

function resultOf(agentId: string, result: number): HealthCheckResult {
  const outcome = OUTCOMES[result % RESULT_STEP] ?? 'failed';
  const { reason, error } = WORDS[outcome];
  return {
    agentId,
    healthy: outcome === 'passed',
    timestamp: stampOf(result),
    ...(error !== undefined && { error }),
    details: { source: 'heartbeat', reason, ...(outcome === 'partial' && { partial: true }) },
  };
}

/** An agent's beats as results of a check: a heartbeat that says `unhealthy` counts as a failure. Pure. */
export const resultsOf = ({ agentId, streak, recent }: Pick<Beat, 'agentId' | 'streak' | 'recent'>): KeptResults => ({
  agentId,
  streak,
  recent: recent.map((result) => resultOf(agentId, result)),
});
