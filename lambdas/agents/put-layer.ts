import { isoTime } from '../shared/clock.ts';
import { ConflictError } from '../shared/errors.ts';
import { describeAgent, effectiveDocument } from './agent.ts';
import { normaliseName } from './agent-name.ts';
import { type AgentRecord, isLiving, type Layer, type Source, withLayer } from './agent-record.ts';
import type { AgentDocument } from './agent-schema.ts';
import type { CommitObstacle } from './agent-store.ts';
import type { Agent } from './agent-view.ts';
import { buildCommit } from './build-commit.ts';
import { commitLoop, type Decision, type WriteContext } from './commit-loop.ts';
import { assertLayer, documentHash, type LayerCondition } from './layer-tag.ts';
import type { Json } from './merge.ts';
import { NameSearch, nameTaken, resolutionOf } from './name-claim.ts';
import { kept } from './own-layer.ts';
import { runChecks } from './registration-steps.ts';
import { settleName } from './update-agent.ts';
import { validateAgentDocument } from './validate-agent.ts';

/** The sources that declare agents; the layer `dynamodb` belongs to the calls of the API. */
export type DeclaringSource = Exclude<Source, 'dynamodb'>;

/** What a source says of an agent. */
export interface PutLayerCommand {
  readonly id: string;
  readonly source: DeclaringSource;
  /** Where the document comes from: bucket key, path or URL. */
  readonly origin: string;
  /** In the contract's names. */
  readonly document: Json;
  readonly actor: string;
  readonly reason: string;
  /** The origin that has become this one. Default: none, and another origin's layer is not touched. */
  readonly movedFrom?: string;
  /** What the layer must still be. Default: it may be anything. */
  readonly condition?: LayerCondition;
}

/** What became of it. `dismissed`: a call deregistered the agent, and the source says just what it said then. */
export type LayerPut =
  | { readonly outcome: 'created' | 'updated' | 'unchanged'; readonly agent: Agent }
  | { readonly outcome: 'dismissed' };

/** The agent as all of its layers together make it, with this one in its place. Throws ValidationError. */
export function withDeclared(
  before: AgentRecord | undefined,
  { source, origin, document }: Pick<PutLayerCommand, 'source' | 'origin' | 'document'>,
  now: number,
): { readonly layers: readonly Layer[]; readonly document: AgentDocument } {
  const layer = { source, origin, updatedAt: isoTime(now), document: kept(document), removed: [] };
  const layers = withLayer(before?.layers ?? [], source, layer);
  return { layers, document: validateAgentDocument(effectiveDocument(layers)) };
}

/** @throws ConflictError when the layer is another origin's, and that one has not become this */
function assertOrigin(stored: Layer | undefined, { id, origin, movedFrom }: PutLayerCommand): void {
  if (stored === undefined || stored.origin === origin || stored.origin === movedFrom) return;
  const message = `the agent ${id} is described by ${stored.origin} already`;
  throw new ConflictError([{ field: 'origin', rule: 'unique', message }]);
}

/** The name of an agent that a source declares for the first time. Throws ConflictError when it is taken. */
async function firstName({ store }: WriteContext, search: NameSearch, id: string, wish: AgentDocument, now: number) {
  const found = await store.nameHolder(normaliseName(wish.name));
  const holder = found === id ? undefined : found;
  // There is nobody to merge with: the agent's id is its own.
  if (holder !== undefined && resolutionOf(wish) !== 'rename') throw nameTaken(wish.name, holder);
  return search.candidate(wish.name, holder, now);
}

/** Decides what a layer does to an agent that was just read. */
async function planLayer(
  context: WriteContext,
  search: NameSearch,
  before: AgentRecord | undefined,
  command: PutLayerCommand,
): Promise<Decision<LayerPut>> {
  const { id, source, origin, document, actor, reason, condition } = command;
  const living = isLiving(before) ? before : undefined;
  const stored = living?.layers.find((layer) => layer.source === source);
  assertLayer(condition, stored);
  assertOrigin(stored, command);
  const hash = documentHash(kept(document));
  if (stored === undefined && before?.head.dismissed?.[source] === hash) return { result: { outcome: 'dismissed' } };
  if (living && stored?.origin === origin && documentHash(stored.document) === hash) {
    return { result: { outcome: 'unchanged', agent: describeAgent(living) } };
  }
  const now = context.clock.now();
  const made = withDeclared(living, command, now);
  runChecks(made.document, context.policy);
  const wish = { ...made.document, ...resolutionIn(document), asked: false };
  const name = living
    ? await settleName(context, search, living, wish, now)
    : await firstName(context, search, id, wish, now);
  const cause = { actor, reason, now, changeId: context.newUlid(before?.head.changeId) };
  const { commit, agent } = buildCommit({ id, before, name, layers: made.layers }, cause);
  return { commit, result: { outcome: living ? 'updated' : 'created', agent } };
}

const resolutionIn = ({ conflictResolution }: Partial<AgentDocument>) => conflictResolution && { conflictResolution };

/**
 * Lays what a source says of an agent among the layers of the others, in one transaction; registers the agent where
 * there is none. A layer that is covered by higher ones is kept all the same: it comes to light when they go.
 *
 * @throws ValidationError, TooLargeError when the whole does not hold; ConflictError when the layer is another origin's
 * or the name is taken and not to be suffixed; PreconditionFailedError; UnavailableError
 */
export async function putLayer(context: WriteContext, command: PutLayerCommand): Promise<LayerPut> {
  const search = new NameSearch();
  return commitLoop<LayerPut>(context, async (obstacle: CommitObstacle | undefined) => {
    search.learn(obstacle);
    return planLayer(context, search, await context.store.load(command.id), command);
  });
}
