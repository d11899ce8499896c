import { describeAgent } from './agent.ts';
import type { AgentRecord } from './agent-record.ts';
import type { BeatStamp } from './agent-store.ts';
import type { Agent } from './agent-view.ts';
import { buildCommit } from './build-commit.ts';
import { commitLoop, type WriteContext } from './commit-loop.ts';
import { loadLiving } from './get-agent.ts';
import type { Health } from './status.ts';
import type { Updated } from './update-agent.ts';

/** What a health transition needs: there is no document in it that a stage's policy could forbid. */
export type HealthContext = Omit<WriteContext, 'policy'>;

/** What an agent's health shall be. */
export interface HealthDecision {
  readonly health: Health;
  /** For the change log. */
  readonly reason: string;
  /** The newest beat that the decision rests on: it falls when another one comes between. Default: it rests on none. */
  readonly ifBeat?: BeatStamp;
}

/** A health to be found out and written. */
export interface HealthSettlement {
  readonly id: string;
  readonly actor: string;
  /**
   * Decides what was just read of a living agent; `undefined`: its health stays. It is asked again when others were
   * quicker, so it has to read what it rests on itself, and hold it against the incarnation of the record.
   */
  decide(record: AgentRecord, agent: Agent): Promise<HealthDecision | undefined>;
}

/**
 * Decides an agent's health and records the transition: a head and a log entry, no body. The same health again writes
 * nothing.
 *
 * @throws NotFoundError, UnavailableError; whatever `decide` throws
 */
export async function settleHealth(context: HealthContext, { id, actor, decide }: HealthSettlement): Promise<Updated> {
  return commitLoop<Updated>(context, async () => {
    const before = await loadLiving(context.store, id);
    const known = describeAgent(before);
    const decision = await decide(before, known);
    if (decision === undefined || decision.health === known.health) return { result: { agent: known, changed: false } };
    const { health, reason, ifBeat } = decision;
    const cause = { actor, reason, now: context.clock.now(), changeId: context.newUlid(before.head.changeId) };
    const draft = { id, before, name: before.head.name, layers: before.layers, health };
    const { commit, agent } = buildCommit(draft, cause);
    return { commit: { ...commit, ...(ifBeat && { ifBeat }) }, result: { agent, changed: true } };
  });
}

/** What an agent says of its own health. */
export interface HealthCommand {
  readonly id: string;
  readonly health: Health;
  readonly actor: string;
  readonly reason: string;
}

/**
 * Records a health that is known.
 *
 * @throws NotFoundError, UnavailableError
 */
export const updateHealth = (context: HealthContext, { id, health, actor, reason }: HealthCommand): Promise<Updated> =>
  settleHealth(context, { id, actor, decide: async () => ({ health, reason }) });
