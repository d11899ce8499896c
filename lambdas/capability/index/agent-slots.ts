import { type StoredTexts, storedTexts } from './stored-texts.ts';

/**
 * Agents' ids and their slots. Slots below `sorted` are in ascending order of ids, so what is found there is in order
 * already; those above hold who came later, as they came. A slot whose agent has gone keeps its id, for the order's
 * sake, and is taken again only by the same agent.
 */
export class AgentSlots {
  readonly #stored: StoredTexts;
  /** By slot; `undefined` until somebody needs more than a few of those that are stored. */
  #ids: string[] | undefined;
  readonly #gone = new Set<number>();
  #sorted: number;
  /** Slots of those that came later. */
  readonly #late = new Map<string, number>();

  /** @param stored ids of living agents, in ascending order. @default - nobody */
  constructor(stored = storedTexts([])) {
    this.#stored = stored;
    this.#sorted = stored.length;
  }

  /** Living agents. */
  get size(): number {
    return this.end - this.#gone.size;
  }

  /** Slots that were given out: all are below. */
  get end(): number {
    return this.#ids?.length ?? this.#stored.length;
  }

  /** Slots below this are in ascending order of their ids. */
  get sorted(): number {
    return this.#sorted;
  }

  get gone(): number {
    return this.#gone.size;
  }

  /** Ids by slot, for who reads many; those of agents that have gone are among them. */
  get ids(): readonly string[] {
    return this.#all;
  }

  /** The id of one slot. */
  idAt(slot: number): string {
    return this.#ids === undefined ? this.#stored.at(slot) : (this.#ids[slot] as string);
  }

  isLiving(slot: number): boolean {
    return !this.#gone.has(slot);
  }

  /** By halving: a map of all ids would be three times as quick, and take as much memory as all that is found by it. */
  find(id: string): number | undefined {
    const slot = this.firstFrom(id);
    if (slot < this.#sorted && this.idAt(slot) === id) return this.#gone.has(slot) ? undefined : slot;
    return this.#late.get(id);
  }

  /** The slot of an agent that has none. */
  add(id: string): number {
    const before = this.firstFrom(id);
    if (before < this.#sorted && this.idAt(before) === id) {
      this.#gone.delete(before);
      return before;
    }
    const slot = this.end;
    // Who comes in order, as most do whose ids the registry makes, stays in order.
    if (before === slot) this.#sorted += 1;
    else this.#late.set(id, slot);
    this.#all.push(id);
    return slot;
  }

  delete(slot: number): void {
    this.#late.delete(this.idAt(slot));
    this.#gone.add(slot);
  }

  /** The first sorted slot whose id is not before this one; `sorted` where there is none. */
  firstFrom(id: string): number {
    let low = 0;
    let high = this.#sorted;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.idAt(middle) < id) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  get #all(): string[] {
    this.#ids ??= this.#stored.all();
    return this.#ids;
  }
}
