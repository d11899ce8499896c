import { describeAgent, effectiveDocument } from './agent.ts';
import { normaliseName } from './agent-name.ts';
import type { AgentRecord } from './agent-record.ts';
import type { AgentDocument } from './agent-schema.ts';
import type { Commit } from './agent-store.ts';
import type { Agent } from './agent-view.ts';
import { buildCommit } from './build-commit.ts';
import { commitLoop, type WriteContext } from './commit-loop.ts';
import { loadLiving } from './get-agent.ts';
import { assertRevision, type RevisionCondition } from './if-match.ts';
import type { Json } from './merge.ts';
import { NameSearch, nameTaken, resolutionOf, sameName } from './name-claim.ts';
import { patchOver } from './own-layer.ts';
import { validatePatchFields } from './validate-agent.ts';

/** A merge patch of one agent. */
export interface UpdateCommand {
  readonly id: string;
  /** JSON merge patch in the contract's names (RFC 7396). */
  readonly patch: unknown;
  readonly actor: string;
  readonly condition?: RevisionCondition;
  /** Default: `updated`. */
  readonly reason?: string;
}

/** The agent after an update; `changed` is false when the patch said nothing new, and then nothing was written. */
export interface Updated {
  readonly agent: Agent;
  readonly changed: boolean;
}

interface PlannedUpdate extends Updated {
  readonly commit?: Commit;
}

/**
 * The name of a changed agent, as {@link updateAgent} and the layers of other sources settle it. One that asks for what it has always asked for keeps what it was given, as long as that
 * is taken: an origin that registers again must change nothing (ARCHITECTURE, "origin").
 *
 * @param wanted `asked`: whether the patch speaks of the name at all
 */
export async function settleName(
  { store }: WriteContext,
  search: NameSearch,
  before: AgentRecord,
  { asked, ...wanted }: Partial<AgentDocument> & { name: string; asked: boolean },
  now: number,
): Promise<string> {
  const { id, name: held } = before.head;
  if (sameName(wanted.name, held)) return wanted.name;
  const holder = await store.nameHolder(normaliseName(wanted.name));
  const asBefore = sameName(wanted.name, effectiveDocument(before.layers).name);
  if (asBefore && (holder !== undefined || !asked)) return held;
  if (holder !== undefined && holder !== id && resolutionOf(wanted) !== 'rename') throw nameTaken(wanted.name, holder);
  return search.candidate(wanted.name, holder === id ? undefined : holder, now);
}

/** Decides what a patch does to an agent that was just read. Throws what {@link updateAgent} throws. */
export async function planUpdate(
  context: WriteContext,
  search: NameSearch,
  before: AgentRecord,
  { patch, actor, reason = 'updated' }: Omit<UpdateCommand, 'id' | 'condition'> & { patch: Json },
): Promise<PlannedUpdate> {
  const now = context.clock.now();
  const { layers, document } = patchOver(before.layers, patch, context.policy, now);
  const { conflictResolution } = patch as Partial<AgentDocument>;
  const wish = { ...document, ...(conflictResolution && { conflictResolution }), asked: 'name' in patch };
  const name = await settleName(context, search, before, wish, now);
  const cause = { actor, reason, now, changeId: context.newUlid(before.head.changeId) };
  const built = buildCommit({ id: before.head.id, before, name, layers }, cause);
  if (built.changedFields.length === 0) return { agent: describeAgent(before), changed: false };
  return { agent: built.agent, changed: true, commit: built.commit };
}

/**
 * Changes an agent by a merge patch in one transaction.
 *
 * @throws ValidationError, TooLargeError when the result does not hold; NotFoundError; PreconditionFailedError;
 * ConflictError when the new name is taken and is not to be suffixed; UnavailableError
 */
export async function updateAgent(context: WriteContext, command: UpdateCommand): Promise<Updated> {
  const { id, patch, condition } = command;
  validatePatchFields(patch);
  const search = new NameSearch();
  return commitLoop<Updated>(context, async (obstacle) => {
    search.learn(obstacle);
    const before = await loadLiving(context.store, id);
    assertRevision(condition, before.head.revision);
    const { commit, agent, changed } = await planUpdate(context, search, before, { ...command, patch });
    return { ...(commit && { commit }), result: { agent, changed } };
  });
}
