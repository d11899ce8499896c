import type { Change } from './change.ts';
import type { LifecycleDetail } from './lifecycle-schema.ts';

/** The detail that announces a change. */
export const detailOf = (change: Change): LifecycleDetail => ({
  version: 1,
  eventId: `${change.agentId}#${change.revision}`,
  agentId: change.agentId,
  revision: change.revision,
  at: change.at,
  actor: change.actor,
  reason: change.reason,
  changedFields: [...change.changedFields],
  digest: change.digest,
});
