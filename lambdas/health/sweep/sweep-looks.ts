import pMap from 'p-map';
import type { BeatStore } from '../beats/beat-store.ts';
import type { CheckResultStore } from '../check-results.ts';
import type { Fleet, WatchedAgent } from '../fleet.ts';
import type { Rounds } from '../judging/vouching.ts';
import { type Look, type Looked, lookAt, needsCheck } from './sweep-look.ts';

/** Agents whose results are read at once. */
const AT_ONCE = 16;

export interface SweepLooksProps {
  readonly beats: Pick<BeatStore, 'readMany'>;
  readonly checks: CheckResultStore;
  /** Told of an agent that could not be looked at. */
  readonly onFailure?: ((what: string, error: unknown) => void) | undefined;
}

/** What was last seen of each agent, so that those only are read of whom there can be news. */
export class SweepLooks {
  readonly #props: SweepLooksProps;
  #looks = new Map<string, Look>();

  constructor(props: SweepLooksProps) {
    this.#props = props;
  }

  /**
   * Looks at those whose time has come, or of whom the registry says something new. Forgets who is gone.
   *
   * @param rounds the newest round of each kind of check: nobody is `gone` while those do not look
   * @throws StoreBusyError when their beats cannot be read, and then all is as before
   */
  async look(fleet: Fleet, now: number, rounds: Rounds): Promise<void> {
    const agents = [...fleet.agents()];
    const due = agents.filter(([agentId, agent]) => this.#isDue(agentId, agent, now));
    const beats = await this.#props.beats.readMany(due.map(([agentId]) => agentId));
    const lookAtOne = async ([agentId, agent]: (typeof due)[number]): Promise<[string, Look]> => [
      agentId,
      await this.#lookAt(agentId, { agent, beat: beats.get(agentId), rounds, before: this.#looks.get(agentId) }, now),
    ];
    const known = new Map([...this.#looks, ...(await pMap(due, lookAtOne, { concurrency: AT_ONCE }))]);
    const kept = agents.map(([agentId]) => [agentId, known.get(agentId)] as const);
    this.#looks = new Map(kept.filter((entry): entry is readonly [string, Look] => entry[1] !== undefined));
  }

  /** Agents of whom this was seen. */
  idsOf(isWanted: (look: Look) => boolean): string[] {
    return [...this.#looks].filter(([, look]) => isWanted(look)).map(([agentId]) => agentId);
  }

  #isDue(agentId: string, { health }: WatchedAgent, now: number): boolean {
    const look = this.#looks.get(agentId);
    if (look === undefined || look.next <= now) return true;
    return look.lease === 'live' && health !== 'healthy';
  }

  /** One agent of whom nothing can be seen stands in nobody's way: nobody is evicted unverified. */
  async #lookAt(agentId: string, looked: Looked, now: number): Promise<Look> {
    let lease: Look['lease'] = 'none';
    try {
      const look = lookAt(looked, now);
      lease = look.lease === 'gone' ? 'waiting' : look.lease;
      const { healthCheck } = looked.agent.declared;
      if (healthCheck === undefined || !needsCheck(looked, look)) return look;
      const check = await this.#props.checks.find(healthCheck.type, agentId);
      return lookAt({ ...looked, check }, now);
    } catch (error) {
      this.#props.onFailure?.(`looking at ${agentId}`, error);
      return { lease, differs: false, next: now };
    }
  }
}
