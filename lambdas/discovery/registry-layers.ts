import { type AgentRecord, isLiving, type Layer } from '../agents/agent-record.ts';
import type { WriteContext } from '../agents/commit-loop.ts';
import { documentHash, type LayerCondition, layerTag } from '../agents/layer-tag.ts';
import { kept } from '../agents/own-layer.ts';
import { type DeclaringSource, type LayerPut, putLayer, withDeclared } from '../agents/put-layer.ts';
import { type LayerRemoved, removeLayer } from '../agents/remove-layer.ts';
import { ConflictError, PreconditionFailedError, TooLargeError, ValidationError } from '../shared/errors.ts';
import {
  type CurrentLayer,
  type Declared,
  type DeclaredLayer,
  type DeclaredLayers,
  ManifestRefusedError,
} from './declared-layers.ts';
import { circleError, circleThrough, type ValidationPorts, validateManifest } from './validate-manifest.ts';

/** What the layers of a source are written with. */
export interface RegistryLayersProps {
  readonly context: WriteContext;
  readonly validation: ValidationPorts;
  readonly source: DeclaringSource;
  /** Who changes: the function itself, or the caller of a route. */
  readonly actor: string;
}

/** What became of a layer, and the agent that it is part of. */
export type Laid = Declared & LayerPut;

/** What a write says is wrong, as the step that it belongs to. */
function asRefusal(error: unknown): unknown {
  if (error instanceof ManifestRefusedError) return error;
  if (error instanceof ConflictError) return new ManifestRefusedError('conflict_detection', error.errors);
  if (error instanceof ValidationError) return new ManifestRefusedError('syntax_validation', error.errors);
  if (!(error instanceof TooLargeError)) return error;
  return new ManifestRefusedError('syntax_validation', [{ field: '', rule: 'tooLarge', message: error.message }]);
}

/** Layers of one source in the registry's own table. What does not pass validation is never laid. */
export class RegistryLayers implements DeclaredLayers {
  readonly #props: RegistryLayersProps;

  constructor(props: RegistryLayersProps) {
    this.#props = props;
  }

  async current(id: string): Promise<CurrentLayer | undefined> {
    const layer = this.#layerOf(await this.#props.context.store.load(id));
    return layer && { origin: layer.origin, tag: layerTag(layer) };
  }

  put(layer: DeclaredLayer, tag: string | null): Promise<Declared> {
    return this.lay(layer, { tag });
  }

  remove(layer: Pick<DeclaredLayer, 'id' | 'origin'>, tag: string | null): Promise<LayerRemoved> {
    return this.takeAway(layer, { tag });
  }

  /** As {@link put}; without a condition, whatever the layer is now. Throws what it throws. */
  async lay(layer: DeclaredLayer, condition?: LayerCondition): Promise<Laid> {
    try {
      return await this.#lay(layer, condition);
    } catch (error) {
      throw asRefusal(error);
    }
  }

  /** As {@link remove}; without a condition, whatever the layer is now. Throws what it throws. */
  async takeAway(
    { id, origin }: Pick<DeclaredLayer, 'id' | 'origin'>,
    condition?: LayerCondition,
  ): Promise<LayerRemoved> {
    const { context, source, actor } = this.#props;
    const reason = `no longer declared by ${origin}`;
    return removeLayer(context, { id, source, origin, actor, reason, ...(condition && { condition }) });
  }

  async #lay(layer: DeclaredLayer, condition: LayerCondition | undefined): Promise<Laid> {
    const { context, validation, source, actor } = this.#props;
    const before = await context.store.load(layer.id);
    const living = isLiving(before) ? before : undefined;
    const { document } = withDeclared(living, { source, ...layer }, context.clock.now());
    const candidate = { id: layer.id, document };
    const warnings = await validateManifest(candidate, validation);
    const command = { ...layer, source, actor, reason: `declared by ${layer.origin}` };
    const put = await putLayer(context, { ...command, ...(condition && { condition }) });
    if (put.outcome !== 'created' && put.outcome !== 'updated') return { ...put, warnings };
    // What was written at the same time may depend on this agent: nobody could see both before both were there.
    const circle = await circleThrough(candidate, validation);
    if (circle === undefined) return { ...put, warnings };
    await this.#rollBack(layer, this.#layerOf(living));
    throw new ManifestRefusedError('conflict_detection', [circleError(circle)]);
  }

  #layerOf(record: AgentRecord | undefined): Layer | undefined {
    return isLiving(record) ? record.layers.find(({ source }) => source === this.#props.source) : undefined;
  }

  /** Puts back what served before, unless somebody has written the layer since. */
  async #rollBack(layer: DeclaredLayer, previous: Layer | undefined): Promise<void> {
    const { context, source, actor } = this.#props;
    const { id, origin, document } = layer;
    const now = this.#layerOf(await context.store.load(id));
    if (now === undefined || documentHash(now.document) !== documentHash(kept(document))) return;
    const condition = { tag: layerTag(now) };
    const reason = `rolled back: ${origin} did not pass conflict_detection`;
    try {
      if (previous === undefined) await removeLayer(context, { id, source, origin, actor, reason, condition });
      else {
        const back = { id, source, origin: previous.origin ?? origin, document: previous.document, movedFrom: origin };
        await putLayer(context, { ...back, actor, reason, condition });
      }
    } catch (error) {
      if (!(error instanceof PreconditionFailedError)) throw error;
    }
  }
}
