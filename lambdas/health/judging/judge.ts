import type { Health } from '../../agents/status.ts';
import { type Beat, resultsOf } from '../beats/beat.ts';
import { leaseEnd } from '../beats/lease-of-beat.ts';
import type { KeptResults } from '../check-results.ts';
import type { Verdict } from '../health-status.ts';
import { breachOf, type DeclaredChecks } from './declared-checks.ts';
import { isRising, judgeResults } from './judge-results.ts';
import { type Checked, checkedBy, type Rounds, vouching } from './vouching.ts';

/** Milliseconds after a change of health within which no better one follows: the registry must not flap with an agent. */
export const DAMPING_MS = 60_000;

/** All that an agent's health is judged by. */
export interface Evidence {
  /** What the registry says now. */
  readonly health: Health;
  /** Since when, in milliseconds since the epoch. */
  readonly since: number;
  readonly declared: DeclaredChecks;
  /** Of the agent's present incarnation. */
  readonly beat?: Beat;
  /** What its declared check found. Results of another kind of check do not count. */
  readonly check?: KeptResults;
  /** The sweep has found the lease ended, and evicts. Left out: an ended lease alone changes nothing. */
  readonly evict?: boolean;
  /** By which it is known whether the check has looked since. Left out: it is taken to do so as it should. */
  readonly rounds?: Rounds;
  /**
   * A check that it had is declared no longer: what that found stands for nothing. Left out: of whom nothing is known,
   * nothing is said, for others may know better.
   */
  readonly undeclared?: boolean;
}

/** Best first. What is `unknown` is neither better nor worse than anything. */
const RANKED: readonly Health[] = ['healthy', 'degraded', 'unhealthy'];

const EXPIRED: Verdict = { health: 'unhealthy', reason: 'LEASE_EXPIRED', because: 'lease expired (LEASE_EXPIRED)' };
const NO_EVIDENCE: Verdict = {
  health: 'unknown',
  reason: 'NO_EVIDENCE',
  because: 'neither a check nor a heartbeat (NO_EVIDENCE)',
};

/**
 * What a living beat says. One that breaks a declared limit makes at most `degraded`. The first one after a lapse says
 * nothing against an agent that is healthy still: a late heartbeat is no failure, least of all a whole fleet's.
 */
function judgeBeat({ health, declared }: Evidence, beat: Beat): Verdict {
  const verdict = judgeResults(resultsOf(beat));
  if (health === 'healthy' && isRising(beat)) return { ...verdict, health };
  const breach = verdict.health === 'healthy' ? breachOf(declared, beat) : undefined;
  return breach ? { health: 'degraded', ...breach } : verdict;
}

/** What the beats, or the check, say of an agent. */
interface Side {
  readonly verdict: Verdict;
  /** It has passed, and one more success makes it healthy. */
  readonly isRising: boolean;
}

/** Of two sides one may know nothing; where they disagree the agent is alive by either, and not well by the other. */
function combine(sides: readonly Side[]): Verdict | undefined {
  const known = sides.map(({ verdict }) => verdict).filter(({ health }) => health !== 'unknown');
  const [worse, better] = known.toSorted((a, b) => RANKED.indexOf(b.health) - RANKED.indexOf(a.health));
  if (worse === undefined || better === undefined || worse.health === better.health) return worse;
  return { health: 'degraded', reason: worse.reason, because: `${worse.because}; ${better.because}` };
}

/**
 * Both sides together. For whoever comes back, one success short of healthy, the second is waited for: it is told of once,
 * and no change on the way makes the better one wait. What lasts without that side is told at once.
 */
function agree(from: Health, sides: readonly Side[]): Verdict | undefined {
  const verdict = combine(sides);
  if (from !== 'unhealthy' || verdict?.health !== 'degraded') return verdict;
  const lasting = combine(sides.filter(({ isRising: rising }) => !rising));
  return lasting?.health === 'degraded' ? verdict : undefined;
}

/** Whoever was evicted over a failing check does not come back before that check has passed once. */
const isStillGone = (health: Health, { verdict, newest }: Checked): boolean =>
  health === 'unhealthy' && verdict.health === 'degraded' && newest === 'failed';

/** Where the lease has ended, the check alone can tell; without its word all stays as it is, unless the sweep evicts. */
function judgeExpired(evidence: Evidence, end: number, now: number): Verdict | undefined {
  const { health, evict, declared, check, rounds } = evidence;
  if (evict === true && vouching({ declared, check, end, rounds }, now) === 'gone') return EXPIRED;
  const checked = checkedBy(declared, check, now);
  if (checked === undefined || checked.verdict.health === 'unknown' || isStillGone(health, checked)) return undefined;
  return agree(health, [checked]);
}

/**
 * What the evidence says, whatever was written when. `undefined`: nothing that would change what the registry says. Pure.
 */
export function verdictOn(evidence: Evidence, now: number): Verdict | undefined {
  const { health, declared, beat, check, undeclared = false } = evidence;
  const end = beat && leaseEnd(beat, now);
  if (end !== undefined && end <= now) return judgeExpired(evidence, end, now);
  const byBeat = end !== undefined && beat && { verdict: judgeBeat(evidence, beat), isRising: isRising(beat) };
  const sides = [byBeat || undefined, checkedBy(declared, check, now)].filter((side) => side !== undefined);
  if (sides.length > 0) return agree(health, sides);
  // Of an agent that never beat and declares no check, its host may have told something: that stands.
  // One whose beats all come from the future is not known to live; if it was evicted, they do not bring it back.
  const isLost = declared.healthCheck === undefined && beat?.at !== undefined && health !== 'unhealthy';
  const isMissed = undeclared || isLost;
  return isMissed ? NO_EVIDENCE : undefined;
}

const improves = (from: Health, to: Health): boolean =>
  RANKED.includes(to) && RANKED.indexOf(to) < RANKED.indexOf(from);

/**
 * What is to be written of an agent's health now: a change to the worse at once, one to the better no sooner than
 * {@link DAMPING_MS} after the change before. `undefined`: nothing. Pure.
 */
export function judge(evidence: Evidence, now: number): Verdict | undefined {
  const verdict = verdictOn(evidence, now);
  if (verdict === undefined || verdict.health === evidence.health) return undefined;
  const isEarly = now - evidence.since < DAMPING_MS;
  return isEarly && improves(evidence.health, verdict.health) ? undefined : verdict;
}
