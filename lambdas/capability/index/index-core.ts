import type { AgentDigest } from '../../agents/digest-schema.ts';
import { AgentColumns } from './agent-columns.ts';
import { AgentSlots } from './agent-slots.ts';
import { BitRows } from './bit-rows.ts';
import type { Kind } from './expression.ts';
import { Posting, type StoredPosting } from './posting.ts';
import { Postings, type StoredPostings } from './postings.ts';
import { SlotSets } from './slot-set.ts';
import type { StoredTexts } from './stored-texts.ts';
import { TermDictionary, type Terms } from './term-dictionary.ts';
import { MAX_ROW, type RowBytes, rowLength, TermRows } from './term-rows.ts';

/** An index in order: what a snapshot holds, and what folding makes. Terms and postings by number, the rest by slot. */
export interface IndexParts {
  /** In ascending order. */
  readonly ids: StoredTexts;
  readonly terms: Terms;
  readonly postings: StoredPostings;
  readonly rows: RowBytes;
  /** Of the index from now on, as the ids are. */
  readonly columns: AgentColumns;
}

/** One term of the only kind that has no text of its own. */
export const YES = 'yes';

/** The slots below a bound. */
const everybody = (size: number): StoredPosting => ({ size, read: () => new Uint32Array(size).map((_, slot) => slot) });

/**
 * The data of the index: each agent's row of terms, each term's posting of agents, kept true to each other. Answers
 * nothing by itself.
 */
export class IndexCore {
  readonly bits = new BitRows();
  readonly sets = new SlotSets(this.bits);
  readonly slots: AgentSlots;
  readonly terms: TermDictionary;
  readonly rows: TermRows;
  readonly columns: AgentColumns;
  /** By the number of its term. */
  readonly postings: Postings;
  /** Everybody. */
  readonly living: Posting;
  #deadTerms = 0;
  /** The row that is being written. */
  readonly #next = new Uint32Array(MAX_ROW);
  #count = 0;
  /** By term: in which row it was seen last, and whether it is in the new one; two numbers for each row written. */
  #marks = new Uint32Array(64);
  #mark = 0;

  constructor(parts?: IndexParts) {
    this.slots = new AgentSlots(parts?.ids);
    this.bits.ensure(this.slots.end);
    this.terms = new TermDictionary(parts?.terms);
    this.rows = new TermRows(parts?.rows);
    this.columns = parts?.columns ?? new AgentColumns();
    this.postings = new Postings(this.bits, parts?.postings);
    this.living = new Posting(this.bits, everybody(this.slots.end));
  }

  /**
   * Adds an agent, or puts what it is now in the place of what it was.
   *
   * @param changed told the number of each term whose posting changed
   * @throws RangeError when it has more than {@link MAX_ROW} terms; nothing is changed then
   */
  set(digest: AgentDigest, changed: (term: number) => void): void {
    const known = this.slots.find(digest.id);
    const before = known === undefined ? 0 : this.rows.read(known);
    this.#collect(digest, before);
    // Nobody is added whose terms cannot be.
    const slot = known ?? this.#add(digest.id);
    const count = this.#apply(slot, before, changed);
    this.rows.write(slot, this.#next, count, this.#bytesBefore(before));
    this.columns.set(slot, digest.revision, digest.maxConcurrent, digest);
  }

  /** Takes an agent out. Returns whether it was there. */
  delete(id: string, changed: (term: number) => void): boolean {
    const slot = this.slots.find(id);
    if (slot === undefined) return false;
    const before = this.rows.read(slot);
    this.#count = 0;
    this.#apply(slot, before, changed);
    this.rows.remove(this.#bytesBefore(before));
    this.columns.setLoad(slot, 0);
    this.living.remove(slot);
    this.slots.delete(slot);
    return true;
  }

  /** Terms that nobody has any more. */
  get deadTerms(): number {
    return this.#deadTerms;
  }

  /** Who has a term; `undefined`: nobody ever had it. */
  posting(kind: Kind, text: string): Posting | undefined {
    const term = this.terms.find(kind, text);
    return term === undefined ? undefined : this.postings.at(term);
  }

  #add(id: string): number {
    const slot = this.slots.add(id);
    this.bits.ensure(slot + 1);
    this.living.add(slot);
    return slot;
  }

  /** The terms of a digest as the next row; `rows.current` holds the row before. */
  #collect(digest: AgentDigest, before: number): void {
    this.#count = 0;
    this.#collectAll('capability', digest.capabilities, before);
    this.#collectAll('domain', digest.domains, before);
    this.#collectAll('action', digest.actions, before);
    if (digest.tools) this.#collectAll('tool', digest.tools, before);
    else this.#collectOne('inheritsTools', YES, before);
    this.#collectOne('type', digest.type, before);
    this.#collectOne('priority', String(digest.priority), before);
    this.#collectOne('health', digest.health, before);
    this.#collectOne('operatorMode', digest.operatorMode, before);
  }

  #collectAll(kind: Kind, texts: readonly string[], before: number): void {
    for (const text of texts) this.#collectOne(kind, text, before);
  }

  #collectOne(kind: Kind, text: string, before: number): void {
    const at = this.#count;
    if (at === MAX_ROW) throw new RangeError(`An agent has more than ${MAX_ROW} terms`);
    // Most terms of an agent stay when it changes, and stay in their places.
    const same = at < before ? (this.rows.current[at] as number) : -1;
    this.#next[at] = same >= 0 && this.terms.is(same, kind, text) ? same : this.#number(kind, text);
    this.#count += 1;
  }

  #number(kind: Kind, text: string): number {
    const term = this.terms.add(kind, text);
    if (term === this.postings.length) {
      this.postings.add();
      this.#deadTerms += 1;
    }
    return term;
  }

  /**
   * Brings postings from `rows.current` to the next row, touching what differs. Returns how many terms that row has when
   * each stands in it once.
   */
  #apply(slot: number, before: number, changed: (term: number) => void): number {
    const { current } = this.rows;
    const marks = this.#marksOf(this.postings.length);
    this.#mark += 2;
    const [was, is] = [this.#mark, this.#mark + 1];
    for (let n = 0; n < before; n += 1) marks[current[n] as number] = was;
    let count = 0;
    for (let n = 0; n < this.#count; n += 1) {
      const term = this.#next[n] as number;
      if (marks[term] === is) continue;
      if (marks[term] !== was) this.#change(term, slot, true, changed);
      marks[term] = is;
      this.#next[count++] = term;
    }
    for (let n = 0; n < before; n += 1) {
      const term = current[n] as number;
      if (marks[term] === was) this.#change(term, slot, false, changed);
    }
    return count;
  }

  /** Bytes of the row that was read last. */
  #bytesBefore(count: number): number {
    return count === 0 ? 0 : rowLength(this.rows.current, count);
  }

  #change(term: number, slot: number, has: boolean, changed: (term: number) => void): void {
    const posting = this.postings.at(term);
    if (has) posting.add(slot);
    else posting.remove(slot);
    if (posting.size === 0) this.#deadTerms += 1;
    else if (has && posting.size === 1) this.#deadTerms -= 1;
    changed(term);
  }

  /** Room for a mark on each term; begins anew before the marks run out of 32 bits. */
  #marksOf(terms: number): Uint32Array {
    if (terms > this.#marks.length || this.#mark > 0xffff_fff0) {
      this.#marks = new Uint32Array(Math.ceil(Math.max(terms, this.#marks.length) * 1.25));
      this.#mark = 0;
    }
    return this.#marks;
  }
}
