/** After so many look-ups a map of all ids pays; a function that only answers one search never builds it. */
const MAP_AFTER = 256;

/**
 * Agents' ids and their slots. Slots below `sorted` are in ascending order of ids, so what is found there is in order
 * already; those above hold who came later, as they came. A slot whose agent has gone keeps its id, for the order's
 * sake, and is taken again only by the same agent.
 */
export class AgentSlots {
  readonly #ids: string[];
  readonly #gone = new Set<number>();
  #sorted: number;
  /** Slots of those that came later; of all, once `#mapped`. */
  readonly #slots = new Map<string, number>();
  #mapped = false;
  #lookUps = 0;

  /** @param ids living agents, in ascending order; the array is this object's from now on */
  constructor(ids: string[] = []) {
    this.#ids = ids;
    this.#sorted = ids.length;
  }

  /** Living agents. */
  get size(): number {
    return this.#ids.length - this.#gone.size;
  }

  /** Slots that were given out: all are below. */
  get end(): number {
    return this.#ids.length;
  }

  /** Slots below this are in ascending order of their ids. */
  get sorted(): number {
    return this.#sorted;
  }

  get gone(): number {
    return this.#gone.size;
  }

  /** Ids by slot; those of agents that have gone are among them. */
  get ids(): readonly string[] {
    return this.#ids;
  }

  isLiving(slot: number): boolean {
    return !this.#gone.has(slot);
  }

  find(id: string): number | undefined {
    const slot = this.#slots.get(id);
    if (slot !== undefined) return slot;
    if (this.#mapped) return undefined;
    if (++this.#lookUps > MAP_AFTER) this.#map();
    const place = this.firstFrom(id);
    return this.#ids[place] === id && place < this.#sorted && !this.#gone.has(place) ? place : undefined;
  }

  /** The slot of an agent that has none. */
  add(id: string): number {
    const before = this.firstFrom(id);
    if (before < this.#sorted && this.#ids[before] === id) {
      this.#gone.delete(before);
      if (this.#mapped) this.#slots.set(id, before);
      return before;
    }
    const slot = this.#ids.length;
    // Who comes in order, as most do whose ids the registry makes, stays in order.
    const inOrder = before === slot;
    if (inOrder) this.#sorted += 1;
    if (!inOrder || this.#mapped) this.#slots.set(id, slot);
    this.#ids.push(id);
    return slot;
  }

  delete(slot: number): void {
    this.#slots.delete(this.#ids[slot] as string);
    this.#gone.add(slot);
  }

  /** The first sorted slot whose id is not before this one; `sorted` where there is none. */
  firstFrom(id: string): number {
    let low = 0;
    let high = this.#sorted;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#ids[middle] as string) < id) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #map(): void {
    this.#mapped = true;
    for (let slot = 0; slot < this.#sorted; slot += 1) {
      if (!this.#gone.has(slot)) this.#slots.set(this.#ids[slot] as string, slot);
    }
  }
}
