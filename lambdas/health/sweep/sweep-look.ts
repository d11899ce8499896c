import type { Beat } from '../beats/beat.ts';
import { leaseEnd } from '../beats/lease-of-beat.ts';
import type { KeptResults } from '../check-results.ts';
import type { WatchedAgent } from '../fleet.ts';
import { effectiveInterval } from '../judging/effective-interval.ts';
import { verdictOn } from '../judging/judge.ts';
import { type Rounds, vouching } from '../judging/vouching.ts';

/** Milliseconds after which every agent is looked at again, whatever it has promised: it may say something else by now. */
const LONGEST_MS = 300_000;

/** Milliseconds until an agent that has never beaten is looked at again, at first. */
const FIRST_MS = 60_000;

/** What a sweep sees of an agent. */
export interface Look {
  /** `none`: it does not live by its beats; `waiting`: its lease has ended, and its check may speak for it yet. */
  readonly lease: 'none' | 'live' | 'waiting' | 'gone';
  /** What is known of it says something else than the registry. */
  readonly differs: boolean;
  /** When there can be news of it, in milliseconds since the epoch. */
  readonly next: number;
  /** Where it has never beaten: when that was first seen. */
  readonly first?: number;
}

/** What is looked at: an agent, its beat, and the results of its check where they are known. */
export interface Looked {
  readonly agent: WatchedAgent;
  readonly beat: Beat | undefined;
  readonly check?: KeptResults | undefined;
  readonly rounds: Rounds;
  /** What was seen of it the last time. */
  readonly before?: Look | undefined;
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

/** Whoever has just been registered may beat at any moment, and a task that never does is read ever less often. */
function lookAtUnbeaten({ before }: Looked, now: number): Look {
  const first = before?.first ?? now;
  const pause = Math.min(Math.max(now - first, FIRST_MS), LONGEST_MS);
  return { lease: 'none', differs: false, next: now + pause, first };
}

/**
 * No beat of it can be believed, by its stamps: it is as if they had never come. What follows from that is an end of its
 * lease like any other: a fleet whose clocks are wrong is kept as one that has fallen silent.
 */
function lookAtUnbelieved(looked: Looked, now: number): Look {
  return { lease: differs(looked, now) ? 'gone' : 'none', differs: false, next: now };
}

/**
 * Looks at an agent. One that is healthy and says so need not be looked at before its lease ends, or five minutes are
 * over. Pure.
 *
 * @param now milliseconds since the epoch
 */
export function lookAt(looked: Looked, now: number): Look {
  const { agent, beat } = looked;
  if (beat?.at === undefined) return lookAtUnbeaten(looked, now);
  const end = leaseEnd(beat, now);
  if (end === undefined) return lookAtUnbelieved(looked, now);
  if (end <= now) return lookAtEnded(looked, end, now);
  const isNews = differs(looked, now);
  const next = agent.health === 'healthy' && !isNews ? Math.min(end, now + LONGEST_MS) : now;
  return { lease: 'live', differs: isNews, next };
}

/** Whether the results of its check could change what is seen of an agent, and so are worth reading. Pure. */
export function needsCheck({ agent, beat }: Looked, { lease, differs: isNews }: Look): boolean {
  if (agent.declared.healthCheck === undefined || beat === undefined) return false;
  return isNews || lease === 'waiting' || lease === 'gone';
}
