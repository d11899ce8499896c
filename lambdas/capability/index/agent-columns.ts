/** What an agent is called and described by: kept apart from its terms, because only who is shown needs it. */
export interface AgentText {
  readonly name: string;
  readonly description?: string;
}

/** Numbers and texts of agents by slot, where they come from a snapshot. */
export interface ColumnParts {
  readonly revisions: Uint32Array;
  readonly limits: Uint32Array;
  readonly loads: Float32Array;
  /** Text of a slot, read when it is first asked for. */
  readonly text: (slot: number) => AgentText;
}

const NOTHING: ColumnParts = {
  revisions: new Uint32Array(0),
  limits: new Uint32Array(0),
  loads: new Float32Array(0),
  text: (slot) => {
    throw new RangeError(`Slot ${slot} is nobody's`);
  },
};

function grown<Column extends Uint32Array | Float32Array>(column: Column, slots: number): Column {
  const larger = new (column.constructor as new (length: number) => Column)(slots);
  larger.set(column);
  return larger;
}

/** What is known of agents besides their terms, a column each. */
export class AgentColumns {
  #revisions: Uint32Array;
  #limits: Uint32Array;
  #loads: Float32Array;
  readonly #firstText: ColumnParts['text'];
  readonly #texts: (AgentText | undefined)[];

  constructor({ revisions, limits, loads, text }: ColumnParts = NOTHING) {
    this.#revisions = revisions;
    this.#limits = limits;
    this.#loads = loads;
    this.#firstText = text;
    this.#texts = new Array<undefined>(revisions.length);
  }

  /** Running tasks as a share of what an agent may run, by slot; 0 is idle. */
  get loads(): Float32Array {
    return this.#loads;
  }

  revision(slot: number): number {
    return this.#revisions[slot] as number;
  }

  /** Tasks at once at most. */
  limit(slot: number): number {
    return this.#limits[slot] as number;
  }

  text(slot: number): AgentText {
    return this.#texts[slot] ?? this.#firstText(slot);
  }

  set(slot: number, revision: number, limit: number, text: AgentText): void {
    if (slot >= this.#revisions.length) this.#grow(Math.max(slot + 1, 64, this.#revisions.length * 2));
    this.#revisions[slot] = revision;
    this.#limits[slot] = limit;
    // One after the other: an array with a far element would become a table of hashes.
    while (this.#texts.length <= slot) this.#texts.push(undefined);
    this.#texts[slot] = text;
  }

  setLoad(slot: number, load: number): void {
    this.#loads[slot] = load;
  }

  #grow(slots: number): void {
    this.#revisions = grown(this.#revisions, slots);
    this.#limits = grown(this.#limits, slots);
    this.#loads = grown(this.#loads, slots);
  }
}
