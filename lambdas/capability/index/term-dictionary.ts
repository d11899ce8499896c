import { KINDS, type Kind } from './expression.ts';
import { type StoredTexts, storedTexts } from './stored-texts.ts';

/** Terms by their numbers. */
export interface Terms {
  /** For each term, the place of its kind among {@link KINDS}. */
  readonly kinds: Uint8Array;
  readonly texts: StoredTexts;
}

/** Terms and their numbers, which count from 0. A number stays what it is as long as the dictionary lives. */
export class TermDictionary {
  #kinds: Uint8Array;
  readonly #stored: StoredTexts;
  /** `undefined`: as stored. */
  readonly #texts: (string | undefined)[];
  /** Made kind by kind when first asked for: a first answer needs one or two of them. */
  readonly #numbers: Partial<Record<Kind, Map<string, number>>> = {};

  /** @param terms each once. @default - none */
  constructor({ kinds, texts }: Terms = { kinds: new Uint8Array(64), texts: storedTexts([]) }) {
    this.#kinds = kinds;
    this.#stored = texts;
    this.#texts = new Array<undefined>(texts.length);
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
    return this.textOf(number) === text && this.kindOf(number) === kind;
  }

  kindOf(number: number): Kind {
    return KINDS[this.#kinds[number] as number] as Kind;
  }

  textOf(number: number): string {
    return this.#texts[number] ?? this.#make(number);
  }

  /** All of a kind, with their numbers. */
  of(kind: Kind): IterableIterator<[text: string, number: number]> {
    return this.#of(kind).entries();
  }

  #make(number: number): string {
    const text = this.#stored.at(number);
    this.#texts[number] = text;
    return text;
  }

  #of(kind: Kind): Map<string, number> {
    return this.#numbers[kind] ?? this.#map(kind);
  }

  #map(kind: Kind): Map<string, number> {
    const place = KINDS.indexOf(kind);
    const numbers = new Map<string, number>();
    for (let number = 0; number < this.#texts.length; number += 1) {
      if (this.#kinds[number] === place) numbers.set(this.textOf(number), number);
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
