import { buildRemoval } from './build-commit.ts';
import { commitLoop, type WriteContext } from './commit-loop.ts';
import { loadLiving } from './get-agent.ts';
import { assertRevision, type RevisionCondition } from './if-match.ts';

/** Takes one agent away. */
export interface DeregisterCommand {
  readonly id: string;
  readonly actor: string;
  readonly condition?: RevisionCondition;
  /** Default: `deregistered`. */
  readonly reason?: string;
}

/**
 * Removes an agent with all its layers in one transaction, by the steps of `DEREGISTRATION_STEPS`. What stays is a
 * tombstone at revision + 1; the name is free at once.
 *
 * @returns the revision of the tombstone
 * @throws NotFoundError, PreconditionFailedError, UnavailableError
 */
export async function deregisterAgent(context: WriteContext, command: DeregisterCommand): Promise<number> {
  const { id, actor, condition, reason = 'deregistered' } = command;
  return commitLoop<number>(context, async () => {
    const before = await loadLiving(context.store, id);
    assertRevision(condition, before.head.revision);
    const changeId = context.newUlid(before.head.changeId);
    const commit = buildRemoval(before, { actor, reason, now: context.clock.now(), changeId });
    return { commit, result: commit.head.revision };
  });
}
