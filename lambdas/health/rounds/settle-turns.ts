import type { Health } from '../../agents/status.ts';
import { DAMPING_MS } from '../judging/judge.ts';

/** Rounds for which an agent is left alone whom settling has not changed. */
const LEFT_ROUNDS = 10;

/** An agent of whom its check says something else than the registry. */
export interface Differing {
  readonly agentId: string;
  /** What the registry says. */
  readonly health: Health;
  /** What its check says. */
  readonly verdict: Health;
}

/** Settling that came to nothing: what else is known of the agent speaks against its check. */
interface InVain extends Differing {
  /** Milliseconds since the epoch at which that was seen first. */
  readonly first: number;
  /** Until then it is left alone. */
  readonly untilRound: number;
}

/** Worst first: an agent that does not work must not be called any longer. */
const WORST_FIRST: readonly Health[] = ['unhealthy', 'degraded', 'unknown', 'healthy'];

const getsWorse = ({ health, verdict }: Differing): boolean =>
  WORST_FIRST.indexOf(verdict) < WORST_FIRST.indexOf(health);

const isSame = (a: Differing, b: Differing): boolean => a.health === b.health && a.verdict === b.verdict;

/**
 * Whose turn it is to be settled where there is not time for all: first whoever gets worse, and among those alike whoever
 * was not reached the round before. Whom settling does not change is left alone for some rounds.
 */
export class SettleTurns {
  #round = 0;
  #unreached = new Set<string>();
  #inVain = new Map<string, InVain>();

  /** Begins a round. Whoever differs no more, or in another way, is known no more. */
  next(differing: readonly Differing[]): Differing[] {
    this.#round += 1;
    const inVain = differing.flatMap((one): [string, InVain][] => {
      const known = this.#inVain.get(one.agentId);
      return known && isSame(known, one) ? [[one.agentId, known]] : [];
    });
    this.#inVain = new Map(inVain);
    const turns = differing.filter(({ agentId }) => (this.#inVain.get(agentId)?.untilRound ?? 0) <= this.#round);
    const before = this.#unreached;
    this.#unreached = new Set(turns.map(({ agentId }) => agentId));
    const rank = (one: Differing): number => (getsWorse(one) ? 0 : 2) + (before.has(one.agentId) ? 0 : 1);
    return turns.sort((a, b) => rank(a) - rank(b));
  }

  /** It was settled, or that was tried. */
  reached(agentId: string): void {
    this.#unreached.delete(agentId);
  }

  /**
   * It was settled, and nothing has changed. One that gets better may only have to wait for the end of its damping.
   *
   * @param now milliseconds since the epoch
   */
  inVain(one: Differing, now: number): void {
    const first = this.#inVain.get(one.agentId)?.first ?? now;
    const isDamped = !getsWorse(one) && now - first < DAMPING_MS;
    this.#inVain.set(one.agentId, { ...one, first, untilRound: isDamped ? 0 : this.#round + LEFT_ROUNDS });
  }
}
