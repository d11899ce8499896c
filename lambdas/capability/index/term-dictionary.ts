import { KINDS, type Kind } from './expression.ts';

/** A kind and a text: what a posting stands for. */
export type Term = readonly [kind: Kind, text: string];

/** Terms and their numbers, which count from 0. A number stays what it is as long as the dictionary lives. */
export class TermDictionary {
  readonly #numbers = Object.fromEntries(KINDS.map((kind) => [kind, new Map()])) as Record<Kind, Map<string, number>>;
  readonly #kinds: Kind[] = [];
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
    this.#kinds.push(kind);
    this.#texts.push(text);
    return number;
  }

  find(kind: Kind, text: string): number | undefined {
    return this.#numbers[kind].get(text);
  }

  /** Whether this is what the number stands for: comparing is quicker than looking up. */
  is(number: number, kind: Kind, text: string): boolean {
    return this.#kinds[number] === kind && this.#texts[number] === text;
  }

  kindOf(number: number): Kind {
    return this.#kinds[number] as Kind;
  }

  textOf(number: number): string {
    return this.#texts[number] as string;
  }

  /** All of a kind, with their numbers. */
  of(kind: Kind): IterableIterator<[text: string, number: number]> {
    return this.#numbers[kind].entries();
  }
}
