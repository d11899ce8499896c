import { NotFoundError } from '../shared/errors.ts';
import { describeAgent } from './agent.ts';
import type { ActivityOf } from './agent-activity.ts';
import { type AgentRecord, isLiving } from './agent-record.ts';
import type { AgentStore } from './agent-store.ts';
import type { Agent } from './agent-view.ts';

/** @throws NotFoundError when there is no such agent, or no longer */
export async function loadLiving(store: AgentStore, id: string): Promise<AgentRecord> {
  const record = await store.load(id);
  if (isLiving(record)) return record;
  throw new NotFoundError(`There is no agent ${id}.`);
}

/**
 * The agent as the table has it, read consistently: one Query.
 *
 * @param activityOf tells when it was last heard of. Default: nobody knows
 * @throws NotFoundError; whatever `activityOf` throws
 */
export async function getAgent(store: AgentStore, id: string, activityOf?: ActivityOf): Promise<Agent> {
  const agent = describeAgent(await loadLiving(store, id));
  return { ...agent, ...(await activityOf?.(agent)) };
}
