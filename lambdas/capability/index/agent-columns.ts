/** What an agent is called and described by: kept apart from its terms, because only who is shown needs it. */
export interface AgentText {
  readonly name: string;
  readonly description?: string | undefined;
}

/** Numbers and texts of agents by slot. */
export interface ColumnParts {
  readonly revisions: Uint32Array;
  /** Tasks at once at most. */
  readonly limits: Uint32Array;
  /** Running tasks as a share of what an agent may run; 0 is idle. */
  readonly loads: Float32Array;
  /** Text of a slot of a snapshot, read when it is first asked for. */
  readonly text?: (slot: number) => AgentText;
}

const NOTHING: ColumnParts = {
  revisions: new Uint32Array(0),
  limits: new Uint32Array(0),
  loads: new Float32Array(0),
};

function grown<Column extends Uint32Array | Float32Array>(column: Column, slots: number): Column {
  const larger = new (column.constructor as new (length: number) => Column)(slots);
  larger.set(column);
  return larger;
}

/** What is known of agents besides their terms, a column each. Plain arrays of texts: an object each takes 40 bytes. */
export class AgentColumns {
  #revisions: Uint32Array;
  #limits: Uint32Array;
  #loads: Float32Array;
  readonly #storedText: ColumnParts['text'];
  /** `undefined`: as stored. */
  readonly #names: (string | undefined)[];
  readonly #descriptions: (string | undefined)[];

  constructor({ revisions, limits, loads, text }: ColumnParts = NOTHING) {
    this.#revisions = revisions;
    this.#limits = limits;
    this.#loads = loads;
    this.#storedText = text;
    this.#names = new Array<undefined>(revisions.length);
    this.#descriptions = [];
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
    const name = this.#names[slot];
    if (name !== undefined) return { name, description: this.#descriptions[slot] };
    if (this.#storedText === undefined) throw new RangeError(`Slot ${slot} is nobody's`);
    return this.#storedText(slot);
  }

  set(slot: number, revision: number, limit: number, { name, description }: AgentText): void {
    if (slot >= this.#revisions.length) this.#grow(Math.max(slot + 1, 64, this.#revisions.length * 2));
    this.#revisions[slot] = revision;
    this.#limits[slot] = limit;
    put(this.#names, slot, name);
    // Where nobody has a description, there is no column of them.
    if (description !== undefined || slot < this.#descriptions.length) put(this.#descriptions, slot, description);
  }

  setLoad(slot: number, load: number): void {
    this.#loads[slot] = load;
  }

  /** The columns of these slots, in this order. */
  reordered(slots: readonly number[]): AgentColumns {
    const columns = new AgentColumns({
      revisions: Uint32Array.from(slots, (slot) => this.revision(slot)),
      limits: Uint32Array.from(slots, (slot) => this.limit(slot)),
      loads: Float32Array.from(slots, (slot) => this.#loads[slot] as number),
    });
    for (const [slot, before] of slots.entries()) {
      columns.set(slot, this.revision(before), this.limit(before), this.text(before));
    }
    return columns;
  }

  #grow(slots: number): void {
    this.#revisions = grown(this.#revisions, slots);
    this.#limits = grown(this.#limits, slots);
    this.#loads = grown(this.#loads, slots);
  }
}

/** Fills up to the slot one after the other: an array with a far element would become a table of hashes. */
function put(column: (string | undefined)[], slot: number, text: string | undefined): void {
  while (column.length <= slot) column.push(undefined);
  column[slot] = text;
}
