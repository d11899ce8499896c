import { effectiveDocument } from '../../lambdas/agents/agent.ts';
import type { AgentLayers } from '../../lambdas/agents/agent-layers-schema.ts';
import { type Layer, withLayer } from '../../lambdas/agents/agent-record.ts';
import { changedFields } from '../../lambdas/agents/changed-fields.ts';
import { kept } from '../../lambdas/agents/own-layer.ts';
import type { LayerRemoved } from '../../lambdas/agents/remove-layer.ts';
import { validateAgentDocument } from '../../lambdas/agents/validate-agent.ts';
import {
  type CurrentLayer,
  type Declared,
  type DeclaredLayer,
  type DeclaredLayers,
  ManifestRefusedError,
} from '../../lambdas/discovery/declared-layers.ts';
import { ValidationError } from '../../lambdas/shared/errors.ts';
import type { ApiLayers } from './api-layers.ts';

/** The layer that a document would become. */
const layerOf = ({ origin, document }: DeclaredLayer): Layer => ({
  source: 'filesystem',
  origin,
  updatedAt: '',
  document: kept(document),
  removed: [],
});

const storedLayers = ({ layers }: AgentLayers): Layer[] =>
  layers.map(({ removed, ...layer }) => ({ ...layer, removed: removed.map((path) => path.split('.')) }));

/** Throws ManifestRefusedError when the agent, all sources together, would break a rule of the schema. */
function assertWhole(layers: readonly Layer[]): void {
  try {
    validateAgentDocument(effectiveDocument(layers));
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error;
    throw new ManifestRefusedError('syntax_validation', error.errors);
  }
}

/**
 * Answers as the layers of a registry would, by comparing, and writes nothing. Of the steps of validation only the
 * first is taken, and whether the agent is another file's is looked at: the others need what only the registry knows.
 */
export class DryLayers implements DeclaredLayers {
  readonly #layers: Pick<ApiLayers, 'all' | 'current'>;
  readonly #fields = new Map<string, readonly string[]>();
  /** Whose the layers would be by now: what moved is not missing. */
  readonly #origins = new Map<string, string>();

  constructor(layers: Pick<ApiLayers, 'all' | 'current'>) {
    this.#layers = layers;
  }

  /** Fields that would change in the layer of an agent, as dotted paths. */
  fieldsOf(id: string): readonly string[] {
    return this.#fields.get(id) ?? [];
  }

  async current(id: string): Promise<CurrentLayer | undefined> {
    const origin = this.#origins.get(id);
    return origin === undefined ? this.#layers.current(id) : { origin, tag: '' };
  }

  async put(declared: DeclaredLayer): Promise<Declared> {
    const { id, origin, movedFrom } = declared;
    const known = await this.#layers.all(id);
    const layers = known ? storedLayers(known) : [];
    const stored = layers.find(({ source }) => source === 'filesystem');
    if (stored !== undefined && stored.origin !== origin && stored.origin !== movedFrom) {
      const message = `the agent ${id} is described by ${stored.origin} already`;
      throw new ManifestRefusedError('conflict_detection', [{ field: 'origin', rule: 'unique', message }]);
    }
    const layer = layerOf(declared);
    assertWhole(withLayer(layers, 'filesystem', layer));
    const fields = changedFields(stored?.document ?? {}, layer.document);
    this.#fields.set(id, fields);
    this.#origins.set(id, origin);
    if (known === undefined) return { outcome: 'created', warnings: [] };
    const same = stored !== undefined && stored.origin === origin && fields.length === 0;
    return { outcome: same ? 'unchanged' : 'updated', warnings: [] };
  }

  async remove(_: Pick<DeclaredLayer, 'id' | 'origin'>, tag: string | null): Promise<LayerRemoved> {
    return tag === null ? 'absent' : 'uncovered';
  }
}
