import { isDeepStrictEqual } from 'node:util';
import { type AgentStore, CommitConflictError } from '../../agents/agent-store.ts';
import { type RetryBounds, retryingCommits } from '../../agents/commit-loop.ts';
import type { Health } from '../../agents/status.ts';
import { type Clock, isoTime } from '../../shared/clock.ts';
import { NotFoundError } from '../../shared/errors.ts';
import type { HealthMonitor } from '../health-monitor.ts';
import { breachOf } from '../judging/declared-checks.ts';
import { judgeResults } from '../judging/judge-results.ts';
import { type Beat, foldBeat, resultsOf } from './beat.ts';
import type { BeatStore } from './beat-store.ts';
import type { ToldBeat } from './heartbeat.ts';
import type { HeartbeatAnswer } from './heartbeat-schema.ts';

/** What taking a heartbeat needs. */
export interface BeatContext {
  readonly beats: BeatStore;
  readonly agents: Pick<AgentStore, 'head'>;
  readonly monitor: Pick<HealthMonitor, 'settle'>;
  readonly clock: Clock;
  readonly retries?: RetryBounds;
}

const noAgent = (agentId: string) => new NotFoundError(`There is no agent ${agentId}.`);

/**
 * Puts a beat behind the one that is there, as often as another comes between. A beat is of the life in which it was sent:
 * if the agent is gone by the time that it could be written, or registered anew, it counts for nobody.
 */
async function putBeat({ beats, clock, retries }: BeatContext, agentId: string, told: ToldBeat): Promise<Beat> {
  let sent: Beat | undefined;
  return retryingCommits(async () => {
    const before = await beats.read(agentId);
    if (before === undefined || (sent && sent.incarnation !== before.incarnation)) throw noAgent(agentId);
    // It was written, and the answer got lost.
    if (isDeepStrictEqual(sent, before)) return before;
    sent = foldBeat(before, { ...told, at: clock.now() });
    if (await beats.write(sent, before.at ?? null)) return sent;
    throw new CommitConflictError('beat');
  }, retries);
}

/** Everything that an agent could have declared: what it has, only the monitor reads, and only when there is a reason. */
const ALL = { resourceCheck: {}, functionalityTest: ['toolAccess', 'mcpConnections', 'filePermissions'] };

const isWell = (beat: Beat): boolean =>
  judgeResults(resultsOf(beat)).health === 'healthy' && breachOf(ALL, beat) === undefined;

/** The agent's health, which follows from the beat where that is worth a look. */
async function healthAfter({ agents, monitor }: BeatContext, agentId: string, beat: Beat): Promise<Health | undefined> {
  const head = await agents.head(agentId);
  if (head === undefined || head.deleted) return undefined;
  if (head.health === 'healthy' && isWell(beat)) return head.health;
  return (await monitor.settle(agentId))?.health;
}

/**
 * Takes a heartbeat: two reads and a write where an agent is well and says so. Anything else is put to the monitor.
 *
 * @throws NotFoundError where there is no such agent; UnavailableError
 */
export async function takeHeartbeat(context: BeatContext, agentId: string, told: ToldBeat): Promise<HeartbeatAnswer> {
  const beat = await putBeat(context, agentId, told);
  const health = await healthAfter(context, agentId, beat);
  if (health === undefined) throw noAgent(agentId);
  return { agentId, health, expiresAt: isoTime((beat.at ?? 0) + told.ttl * 1_000) };
}
