import { KINDS, type Kind } from './expression.ts';

/** Terms by their numbers. */
export interface Terms {
  /** For each term, the place of its kind among {@link KINDS}. */
  readonly kinds: Uint8Array;
  readonly texts: string[];
}

/** Terms and their numbers, which count from 0. A number stays what it is as long as the dictionary lives. */
export class TermDictionary {
  #kinds: Uint8Array;
  readonly #texts: string[];
  /** Made kind by kind when first asked for: a first answer needs one or two of them. */
  readonly #numbers: Partial<Record<Kind, Map<string, number>>> = {};

  /** @param terms each once; the texts are this object's from now on. @default - none */
  constructor({ kinds, texts }: Terms = { kinds: new Uint8Array(64), texts: [] }) {
    this.#kinds = kinds;
    this.#texts = texts;
  }

  get size(): number {
    return this.#texts.length;
  }

  /** The number of a term that nobody had before is the next one. */
  add(kind: Kind, text: string): number {
    const numbers = this.#of(kind);
    const known = numbers.get(text);
    if (known !== undefined) return known;
    const number = this.#texts.length;
    numbers.set(text, number);
    if (number >= this.#kinds.length) this.#kinds = withRoom(this.#kinds);
    this.#kinds[number] = KINDS.indexOf(kind);
    this.#texts.push(text);
    return number;
  }

  find(kind: Kind, text: string): number | undefined {
    return this.#of(kind).get(text);
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
    return this.#of(kind).entries();
  }

  #of(kind: Kind): Map<string, number> {
    return this.#numbers[kind] ?? this.#map(kind);
  }

  #map(kind: Kind): Map<string, number> {
    const place = KINDS.indexOf(kind);
    const numbers = new Map<string, number>();
    for (let number = 0; number < this.#texts.length; number += 1) {
      if (this.#kinds[number] === place) numbers.set(this.#texts[number] as string, number);
    }
    this.#numbers[kind] = numbers;
    return numbers;
  }
}

function withRoom(kinds: Uint8Array): Uint8Array {
  const larger = new Uint8Array(Math.max(64, kinds.length * 2));
  larger.set(kinds);
  return larger;
}
