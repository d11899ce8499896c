import type { Beat } from './beat.ts';
import type { KeptResults } from './check-results.ts';
import { effectiveInterval } from './effective-interval.ts';
import type { WatchedAgent } from './fleet.ts';
import { verdictOn } from './judge.ts';
import { leaseEnd } from './lease-of-beat.ts';
import { type Rounds, vouching } from './vouching.ts';

/** Milliseconds until an agent that has never beaten is looked at again. */
export const NEVER_BEATEN_MS = 300_000;

/** What a sweep sees of an agent. */
export interface Look {
  /** `none`: it does not live by its beats; `waiting`: its lease has ended, and its check may speak for it yet. */
  readonly lease: 'none' | 'live' | 'waiting' | 'gone';
  /** What is known of it says something else than the registry. */
  readonly differs: boolean;
  /** When there can be news of it, in milliseconds since the epoch. */
  readonly next: number;
}

/** What is looked at: an agent, its beat, and the results of its check where they are known. */
export interface Looked {
  readonly agent: WatchedAgent;
  readonly beat: Beat | undefined;
  readonly check?: KeptResults | undefined;
  readonly rounds: Rounds;
}

function differs({ agent, beat, check }: Looked, now: number): boolean {
  const { health, declared } = agent;
  const told = { ...(beat && { beat }), ...(check && { check }) };
  const verdict = verdictOn({ health, since: 0, declared, ...told }, now);
  return verdict !== undefined && verdict.health !== health;
}

function lookAtEnded(looked: Looked, end: number, now: number): Look {
  const { agent, check, rounds } = looked;
  const { health, declared } = agent;
  if (health === 'unhealthy') return { lease: 'none', differs: false, next: now };
  const lease = vouching({ declared, check, end, rounds }, now);
  if (lease !== 'alive') return { lease, differs: false, next: now };
  const pause = declared.healthCheck ? effectiveInterval(declared.healthCheck) : 0;
  const isNews = differs(looked, now);
  return { lease: 'none', differs: isNews, next: isNews ? now : now + pause };
}

/**
 * Looks at an agent. One that is healthy and says so need not be looked at before its lease ends. Pure.
 *
 * @param now milliseconds since the epoch
 */
export function lookAt(looked: Looked, now: number): Look {
  const { agent, beat } = looked;
  const end = beat && leaseEnd(beat, now);
  if (end === undefined) return { lease: 'none', differs: false, next: now + NEVER_BEATEN_MS };
  if (end <= now) return lookAtEnded(looked, end, now);
  const isNews = differs(looked, now);
  const next = agent.health === 'healthy' && !isNews ? end : now;
  return { lease: 'live', differs: isNews, next };
}

/** Whether the results of its check could change what is seen of an agent, and so are worth reading. Pure. */
export function needsCheck({ agent, beat }: Looked, { lease, differs: isNews }: Look): boolean {
  if (agent.declared.healthCheck === undefined || beat === undefined) return false;
  return isNews || lease === 'waiting' || lease === 'gone';
}
