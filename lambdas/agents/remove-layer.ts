import { ConflictError, ValidationError } from '../shared/errors.ts';
import { effectiveDocument } from './agent.ts';
import { type AgentRecord, isLiving, type Layer, withLayer } from './agent-record.ts';
import type { Commit } from './agent-store.ts';
import { buildCommit, buildRemoval, type Cause } from './build-commit.ts';
import { commitLoop, type Decision, type WriteContext } from './commit-loop.ts';
import { assertLayer, type LayerCondition } from './layer-tag.ts';
import { NameSearch } from './name-claim.ts';
import type { DeclaringSource } from './put-layer.ts';
import { settleName } from './update-agent.ts';
import { isAgentDocument } from './validate-agent.ts';

/** A source no longer says anything of an agent. */
export interface RemoveLayerCommand {
  readonly id: string;
  readonly source: DeclaringSource;
  readonly origin: string;
  readonly actor: string;
  readonly reason: string;
  readonly condition?: LayerCondition;
}

/**
 * `uncovered`: what lay below serves now; `deregistered`: nothing was left that makes an agent; `absent`: there was no
 * such layer; `forgotten`: nor was there, but the source was dismissed, and now is no longer.
 */
export type LayerRemoved = 'uncovered' | 'deregistered' | 'absent' | 'forgotten';

/** What makes the layers that are left serve; `undefined` where they make no agent. */
async function uncovering(
  context: WriteContext,
  search: NameSearch,
  before: AgentRecord,
  source: DeclaringSource,
  cause: Cause,
): Promise<Commit | undefined> {
  const layers = withLayer(before.layers, source, undefined);
  const document = effectiveDocument(layers);
  if (!isLiving(before) || !isAgentDocument(document)) return undefined;
  // Nobody asks for the name that comes to light, so nobody can be refused it.
  const wish = { ...document, conflictResolution: 'rename', asked: false } as const;
  const name = await settleName(context, search, before, wish, cause.now);
  try {
    return buildCommit({ id: before.head.id, before, name, layers, silent: source }, cause).commit;
  } catch (error) {
    // By itself it may say more than can be searched.
    if (error instanceof ValidationError) return undefined;
    throw error;
  }
}

async function planRemoval(
  context: WriteContext,
  search: NameSearch,
  before: AgentRecord | undefined,
  command: RemoveLayerCommand,
): Promise<Decision<LayerRemoved>> {
  const { id, source, origin, actor, reason, condition } = command;
  const stored = isLiving(before) ? before.layers.find((layer) => layer.source === source) : undefined;
  const known = before?.head.dismissed?.[source] !== undefined;
  if (before === undefined || (stored === undefined && !known)) return { result: 'absent' };
  assertLayer(condition, stored);
  if (stored !== undefined && stored.origin !== origin) throw takenOver(id, stored);
  const now = context.clock.now();
  const cause = { actor, reason, now, changeId: context.newUlid(before.head.changeId) };
  const commit = await uncovering(context, search, before, source, cause);
  const removal = commit ?? buildRemoval(before, cause, { silent: source });
  if (stored === undefined) return { commit: removal, result: 'forgotten' };
  return { commit: removal, result: commit === undefined ? 'deregistered' : 'uncovered' };
}

const takenOver = (id: string, { origin }: Layer): ConflictError =>
  new ConflictError([{ field: 'origin', rule: 'owner', message: `the agent ${id} is described by ${origin}` }]);

/**
 * Takes away what a source said of an agent, in one transaction. What lies below comes to light again; where that makes
 * no agent by itself (no layers, or an override of what is gone), the agent is deregistered. A source that was
 * dismissed by a call and falls silent is forgotten: saying the same again brings the agent back.
 *
 * @throws ConflictError when the layer is another origin's; PreconditionFailedError; UnavailableError
 */
export async function removeLayer(context: WriteContext, command: RemoveLayerCommand): Promise<LayerRemoved> {
  const search = new NameSearch();
  return commitLoop<LayerRemoved>(context, async (obstacle) => {
    search.learn(obstacle);
    return planRemoval(context, search, await context.store.load(command.id), command);
  });
}
