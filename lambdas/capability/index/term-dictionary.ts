import { KINDS, type Kind } from './expression.ts';

/** A kind and a text: what a posting stands for. */
export type Term = readonly [kind: Kind, text: string];

/** Terms and their numbers, which count from 0. A number stays what it is as long as the dictionary lives. */
export class TermDictionary {
  readonly #numbers = Object.fromEntries(KINDS.map((kind) => [kind, new Map()])) as Record<Kind, Map<string, number>>;
  /** By the number of a term: which of {@link KINDS}. */
  #kinds = new Uint8Array(64);
  readonly #texts: string[] = [];

  constructor(terms: readonly Term[] = []) {
    for (const [kind, text] of terms) this.add(kind, text);
  }

  get size(): number {
    return this.#texts.length;
  }

  /** The number of a term that nobody had before is the next one. */
  add(kind: Kind, text: string): number {
    const numbers = this.#numbers[kind];
    const known = numbers.get(text);
    if (known !== undefined) return known;
    const number = this.#texts.length;
    numbers.set(text, number);
    if (number === this.#kinds.length) this.#kinds = this.#roomForMore();
    this.#kinds[number] = KINDS.indexOf(kind);
    this.#texts.push(text);
    return number;
  }

  find(kind: Kind, text: string): number | undefined {
    return this.#numbers[kind].get(text);
  }

  /** Whether this is what the number stands for: comparing is quicker than looking up. */
  is(number: number, kind: Kind, text: string): boolean {
    return this.#texts[number] === text && this.kindOf(number) === kind;
  }

  kindOf(number: number): Kind {
    return KINDS[this.#kinds[number] as number] as Kind;
  }

  textOf(number: number): string {
    return this.#texts[number] as string;
  }

  /** All of a kind, with their numbers. */
  of(kind: Kind): IterableIterator<[text: string, number: number]> {
    return this.#numbers[kind].entries();
  }

  #roomForMore(): Uint8Array<ArrayBuffer> {
    const kinds = new Uint8Array(this.#kinds.length * 2);
    kinds.set(this.#kinds);
    return kinds;
  }
}
