import type { BitRows } from './bit-rows.ts';
import { Posting, type StoredPosting } from './posting.ts';

/** Postings by the number of their term, as a snapshot or a fold has them. */
export interface StoredPostings {
  readonly length: number;
  sizeOf(term: number): number;
  at(term: number): StoredPosting;
}

const NONE: StoredPostings = {
  length: 0,
  sizeOf: () => 0,
  at: (term) => {
    throw new RangeError(`There is no posting ${term}`);
  },
};

/** The postings of an index by the number of their term; those that are stored are made when first asked for. */
export class Postings {
  readonly #rows: BitRows;
  #stored: StoredPostings;
  readonly #made: (Posting | undefined)[];

  constructor(rows: BitRows, stored: StoredPostings = NONE) {
    this.#rows = rows;
    this.#stored = stored;
    this.#made = new Array<undefined>(stored.length);
  }

  get length(): number {
    return this.#made.length;
  }

  at(term: number): Posting {
    return this.#made[term] ?? this.#make(term);
  }

  sizeOf(term: number): number {
    return this.#made[term]?.size ?? this.#stored.sizeOf(term);
  }

  /** One more, of a term that nobody has yet. */
  add(): void {
    this.#made.push(new Posting(this.#rows));
  }

  /** Gives each the form that fits its size, and lets go of what was stored: lists of frequent terms are large. */
  settle(): void {
    for (let term = 0; term < this.length; term += 1) this.at(term).settle();
    this.#stored = NONE;
  }

  #make(term: number): Posting {
    const posting = new Posting(this.#rows, this.#stored.at(term));
    this.#made[term] = posting;
    return posting;
  }
}
