/**
 * Agents' ids and their slots. Slots below `sorted` are in ascending order of ids, so what is found there is in order
 * already; those above hold who came later, as they came. A slot whose agent has gone keeps its id, for the order's
 * sake, and is taken again only by the same agent.
 */
export class AgentSlots {
  readonly #ids: string[];
  readonly #gone = new Set<number>();
  #sorted: number;
  /** Slots of those that came later. */
  readonly #late = new Map<string, number>();

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

  /** By halving: a map of all ids would be three times as quick, and take as much memory as all that is found by it. */
  find(id: string): number | undefined {
    const slot = this.firstFrom(id);
    if (slot < this.#sorted && this.#ids[slot] === id) return this.#gone.has(slot) ? undefined : slot;
    return this.#late.get(id);
  }

  /** The slot of an agent that has none. */
  add(id: string): number {
    const before = this.firstFrom(id);
    if (before < this.#sorted && this.#ids[before] === id) {
      this.#gone.delete(before);
      return before;
    }
    const slot = this.#ids.length;
    // Who comes in order, as most do whose ids the registry makes, stays in order.
    if (before === slot) this.#sorted += 1;
    else this.#late.set(id, slot);
    this.#ids.push(id);
    return slot;
  }

  delete(slot: number): void {
    this.#late.delete(this.#ids[slot] as string);
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
}
