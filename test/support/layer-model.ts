import canonicalize from 'canonicalize';
import { normaliseName } from '../../lambdas/agents/agent-name.ts';
import { SOURCES, type Source } from '../../lambdas/agents/agent-record.ts';
import type { Json } from '../../lambdas/agents/merge.ts';
import type { DeclaringSource } from '../../lambdas/agents/put-layer.ts';
import {
  dotted,
  eraseAll,
  layAll,
  type PatchedPlain,
  type Plain,
  patchPlain,
  saysAt,
  toPlain,
} from './plain-document.ts';

interface ModelLayer extends PatchedPlain {
  readonly origin: string | null;
  /** What the source said, to the letter. */
  readonly text: string;
}

/** What is known of one agent: living as long as it has layers. */
interface ModelAgent {
  revision: number;
  readonly layers: Map<Source, ModelLayer>;
  /** What sources said when a call took the agent away. */
  dismissed: Map<Source, string>;
}

/** What a write leads to: an outcome, or the name of an error. */
export type Expected = string;

const textOf = (document: Json): string => canonicalize(document) ?? '';
const withoutRequest = ({ id: _, conflictResolution: __, ...document }: Json): Json => document;
const layerOf = (origin: string | null, document: Json): ModelLayer => {
  const said = withoutRequest(document);
  return { origin, says: toPlain(said), removed: new Set(), text: textOf(said) };
};

const clear = { dismissed: 'dismissed', unchanged: 'unchanged', conflict: 'ConflictError' } as const;
const INVALID: Expected = 'ValidationError';
const ABSENT: Expected = 'NotFoundError';

/** The registry as plainly as may be: agents are lists of layers, and names a list of who holds which. */
export class LayerModel {
  readonly #agents = new Map<string, ModelAgent>();
  /** Held names in normal form. Which suffix a name was given is the registry's own choice: it tells us. */
  readonly names = new Map<string, string>();

  agent(id: string): ModelAgent {
    const known = this.#agents.get(id);
    if (known) return known;
    const made: ModelAgent = { revision: 0, layers: new Map(), dismissed: new Map() };
    this.#agents.set(id, made);
    return made;
  }

  isLiving = (id: string): boolean => this.agent(id).layers.size > 0;

  /** Layers from the lowest to the highest. */
  layers(id: string): (readonly [Source, ModelLayer])[] {
    const { layers } = this.agent(id);
    return SOURCES.flatMap((source) => {
      const layer = layers.get(source);
      return layer ? [[source, layer] as const] : [];
    });
  }

  /** What all layers together say: each takes away, then says. */
  effective(id: string, layers = this.layers(id)): Plain {
    const whole: Plain = new Map();
    for (const [, { says, removed }] of layers) {
      eraseAll(whole, removed);
      layAll(whole, says);
    }
    return whole;
  }

  /** Whose word each field is: the highest source that says it. */
  provenance(id: string): Record<string, Source> {
    const fromTheTop = this.layers(id).reverse();
    const found = [...this.effective(id).keys()].map((key) => {
      const [source] = fromTheTop.find(([, { says }]) => saysAt(says, key)) ?? [];
      return [dotted(key), source as Source] as const;
    });
    return Object.fromEntries(found);
  }

  put(id: string, source: DeclaringSource, origin: string, document: Json, movedFrom?: string): Expected {
    const agent = this.agent(id);
    const stored = agent.layers.get(source);
    const layer = layerOf(origin, document);
    if (stored && stored.origin !== origin && stored.origin !== movedFrom) return clear.conflict;
    if (!stored && agent.dismissed.get(source) === layer.text) return clear.dismissed;
    if (stored?.origin === origin && stored.text === layer.text) return clear.unchanged;
    const outcome = this.isLiving(id) ? 'updated' : 'created';
    const asked = document.conflictResolution as string | undefined;
    return this.#write(id, source, layer, asked) ?? outcome;
  }

  register(id: string, document: Json): Expected {
    if (this.isLiving(id)) return clear.conflict;
    return this.#write(id, 'dynamodb', layerOf(null, document), document.conflictResolution as string) ?? 'created';
  }

  update(id: string, patch: Json): Expected {
    if (!this.isLiving(id)) return ABSENT;
    const own = this.agent(id).layers.get('dynamodb');
    const patched = { says: new Map(own?.says), removed: new Set(own?.removed) };
    patchPlain(patched, withoutRequest(patch));
    const layer = { ...patched, origin: null, text: '' };
    return this.#write(id, 'dynamodb', layer, patch.conflictResolution as string, 'name' in patch) ?? 'updated';
  }

  remove(id: string, source: DeclaringSource, origin: string): Expected {
    const agent = this.agent(id);
    const stored = agent.layers.get(source);
    if (stored && stored.origin !== origin) return clear.conflict;
    if (!stored && !agent.dismissed.has(source)) return 'absent';
    const [name, lived] = [this.#wanted(id), this.isLiving(id)];
    agent.layers.delete(source);
    agent.dismissed.delete(source);
    agent.revision += 1;
    if (lived && this.#isWhole(id)) {
      this.#hold(id, name, 'rename', false);
      return stored ? 'uncovered' : 'forgotten';
    }
    this.#free(id);
    agent.layers.clear();
    return stored ? 'deregistered' : 'forgotten';
  }

  deregister(id: string): Expected {
    if (!this.isLiving(id)) return ABSENT;
    const agent = this.agent(id);
    for (const [source, { text }] of agent.layers) if (source !== 'dynamodb') agent.dismissed.set(source, text);
    agent.layers.clear();
    agent.revision += 1;
    this.#free(id);
    return 'deregistered';
  }

  /** The name that an agent holds, in normal form. */
  nameOf = (id: string): string | undefined => [...this.names].find(([, holder]) => holder === id)?.[0];

  /** The registry says which suffix it gave. */
  learnName(id: string, given: string): void {
    const held = this.nameOf(id);
    if (held === undefined) throw new Error(`${id} should hold no name`);
    if (!held.endsWith('-?')) return;
    if (!normaliseName(given).startsWith(held.slice(0, -1))) throw new Error(`${id} holds ${given}, not ${held}`);
    this.#free(id);
    this.names.set(normaliseName(given), id);
  }

  /** Lays a layer among the others, if the whole holds; gives the error that keeps it from that. */
  #write(id: string, source: Source, layer: ModelLayer, asked?: string, asksForName = false): Expected | undefined {
    const agent = this.agent(id);
    const before = agent.layers.get(source);
    const [lived, name, seen] = [this.isLiving(id), this.#wanted(id), this.#seen(id)];
    agent.layers.set(source, layer);
    const said = this.effective(id).get('["config","conflictResolution"]') as string | undefined;
    const error = this.#isWhole(id) ? this.#hold(id, name, asked ?? said ?? 'rename', asksForName) : INVALID;
    // A call that changes nothing that anybody sees writes nothing.
    const result = error ?? (source === 'dynamodb' && lived && seen === this.#seen(id) ? clear.unchanged : undefined);
    if (result !== undefined) {
      if (before) agent.layers.set(source, before);
      else agent.layers.delete(source);
      return result;
    }
    agent.revision += 1;
    agent.dismissed = new Map([...agent.dismissed].filter(([one]) => !agent.layers.has(one)));
    return undefined;
  }

  #wanted = (id: string): string | undefined => this.effective(id).get('["name"]') as string | undefined;

  /**
   * What callers see of an agent: to them an empty object of these is as good as none, and of one that was given another
   * name they see only that one.
   */
  #seen(id: string): string {
    const unseen = ['["name"]', '["config"]', '["capabilities"]'];
    const whole = [...this.effective(id)].filter(([key]) => !unseen.includes(key));
    const [held, wanted = ''] = [this.nameOf(id), this.#wanted(id)];
    return JSON.stringify([held === normaliseName(wanted) ? wanted : held, whole.sort()]);
  }

  #isWhole(id: string): boolean {
    const whole = this.effective(id);
    const [name, config] = [whole.get('["name"]'), whole.get('["config"]')];
    return typeof name === 'string' && (config === undefined || typeof config === 'object');
  }

  /** Gives an agent its name. An agent that asks for what it asked for before keeps what it was given. */
  #hold(id: string, before: string | undefined, resolution: string, asksForName: boolean): Expected | undefined {
    const wish = normaliseName(this.#wanted(id) ?? '');
    const held = this.nameOf(id);
    const holder = this.names.get(wish);
    if (held === wish) return undefined;
    const asBefore = held !== undefined && before !== undefined && normaliseName(before) === wish;
    if (asBefore && (holder !== undefined || !asksForName)) return undefined;
    if (holder !== undefined && resolution !== 'rename') return clear.conflict;
    this.#free(id);
    this.names.set(holder === undefined ? wish : `${wish}-?`, id);
    return undefined;
  }

  #free(id: string): void {
    const held = this.nameOf(id);
    if (held !== undefined) this.names.delete(held);
  }
}
