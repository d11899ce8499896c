import type { LayerRemoved } from '../../lambdas/agents/remove-layer.ts';
import type { CurrentLayer, Declared, DeclaredLayer, DeclaredLayers } from '../../lambdas/discovery/declared-layers.ts';

/** Hears what becomes of layers. */
export interface LayerListener {
  /** Before each change; what it throws keeps the change from being made. */
  before(): void;
  laid(layer: DeclaredLayer, declared: Declared): void;
  removed(layer: Pick<DeclaredLayer, 'id' | 'origin'>): void;
}

/** Layers that tell of what is done to them, as it happens. */
export class ToldLayers implements DeclaredLayers {
  readonly #layers: DeclaredLayers;
  readonly #listener: LayerListener;

  constructor(layers: DeclaredLayers, listener: LayerListener) {
    this.#layers = layers;
    this.#listener = listener;
  }

  current(id: string): Promise<CurrentLayer | undefined> {
    return this.#layers.current(id);
  }

  async put(layer: DeclaredLayer, tag: string | null): Promise<Declared> {
    this.#listener.before();
    const declared = await this.#layers.put(layer, tag);
    this.#listener.laid(layer, declared);
    return declared;
  }

  async remove(layer: Pick<DeclaredLayer, 'id' | 'origin'>, tag: string | null): Promise<LayerRemoved> {
    this.#listener.before();
    const removed = await this.#layers.remove(layer, tag);
    if (removed === 'uncovered' || removed === 'deregistered') this.#listener.removed(layer);
    return removed;
  }
}
