import { KINDS } from './expression.ts';
import type { IndexCore, IndexParts } from './index-core.ts';
import type { StoredPostings } from './postings.ts';
import { storedTexts } from './stored-texts.ts';
import type { Terms } from './term-dictionary.ts';
import { rowLength } from './term-rows.ts';
import { writeVarint } from './varint.ts';

/** Postings of fewer slots are kept together. */
const SHORT = 256;

/** Gaps and terms of nobody that are always borne: below, folding costs more than it saves. */
const ALWAYS_BORNE = 1_024;

/** Late comers that are always borne: they are sorted into each answer, some 0.2 µs each. */
const ALWAYS_LATE = 256;

/**
 * Whether an index should be folded before it answers: one in 64 agents came late and must be sorted into each answer, or
 * half of what it keeps is nobody's. Folding takes 2 µs an agent, so 0.1 ms for each that comes.
 */
export function isUnfolded({ slots, rows, terms, deadTerms }: IndexCore): boolean {
  return (
    slots.end - slots.sorted > slots.size / 64 + ALWAYS_LATE ||
    slots.gone > slots.size / 2 + ALWAYS_BORNE ||
    deadTerms > terms.size / 2 + ALWAYS_BORNE ||
    rows.isWasteful
  );
}

/** Slots of the living in ascending order of their ids. */
function orderedSlots({ slots }: IndexCore): number[] {
  const inOrder: number[] = [];
  const late: number[] = [];
  for (let slot = 0; slot < slots.end; slot += 1) {
    if (slots.isLiving(slot)) (slot < slots.sorted ? inOrder : late).push(slot);
  }
  if (late.length === 0) return inOrder;
  const { ids } = slots;
  // Two runs, one of them in order: V8's sort (TimSort) merges them in one pass.
  return inOrder.concat(late).sort((a, b) => ((ids[a] as string) < (ids[b] as string) ? -1 : 1));
}

/**
 * Terms that somebody has, the most frequent first: they get the numbers that take a byte. No two indexes of the same
 * agents differ in it, so neither do their snapshots.
 */
function liveTerms({ terms, postings }: IndexCore): { terms: Terms; sizes: number[]; numberOf: Uint32Array } {
  const live = Array.from({ length: postings.length }, (_, term) => ({
    term,
    size: postings.sizeOf(term),
    kind: KINDS.indexOf(terms.kindOf(term)),
    text: terms.textOf(term),
  }))
    .filter(({ size }) => size > 0)
    .sort((a, b) => b.size - a.size || a.kind - b.kind || (a.text < b.text ? -1 : 1));
  const numberOf = new Uint32Array(postings.length);
  for (const [number, { term }] of live.entries()) numberOf[term] = number;
  return {
    terms: { kinds: Uint8Array.from(live, ({ kind }) => kind), texts: storedTexts(live.map(({ text }) => text)) },
    sizes: live.map(({ size }) => size),
    numberOf,
  };
}

/** Postings that are there already. */
const storedLists = (lists: readonly Uint32Array[]): StoredPostings => {
  const at = (term: number): Uint32Array => lists[term] as Uint32Array;
  return {
    length: lists.length,
    sizeOf: (term) => at(term).length,
    at: (term) => ({ size: at(term).length, read: () => at(term) }),
  };
};

/**
 * An array for each posting. Short ones share one buffer: by itself an array of few takes 200 bytes, and most terms are
 * rare. Long ones become rows of bits and leave theirs.
 */
function roomFor(sizes: readonly number[]): Uint32Array[] {
  const isShort = (size: number): boolean => size < SHORT;
  const shared = new Uint32Array(sizes.filter(isShort).reduce((sum, size) => sum + size, 0));
  let used = 0;
  return sizes.map((size) => {
    if (!isShort(size)) return new Uint32Array(size);
    used += size;
    return shared.subarray(used - size, used);
  });
}

/** Rows in a new order and with new numbers, and what they say of each term. */
function foldRows({ rows }: IndexCore, order: readonly number[], sizes: readonly number[], numberOf: Uint32Array) {
  const { current } = rows;
  const postings = roomFor(sizes);
  const filled = new Uint32Array(sizes.length);
  const starts = new Uint32Array(order.length);
  let bytes = new Uint8Array(order.length * 16);
  let used = 0;
  for (const [slot, before] of order.entries()) {
    const count = rows.read(before);
    for (let n = 0; n < count; n += 1) {
      const term = numberOf[current[n] as number] as number;
      current[n] = term;
      (postings[term] as Uint32Array)[filled[term] as number] = slot;
      filled[term] = (filled[term] as number) + 1;
    }
    const length = rowLength(current, count);
    if (used + length > bytes.length) bytes = grown(bytes, used + length);
    starts[slot] = used;
    used = writeVarint(bytes, used, count);
    for (let n = 0; n < count; n += 1) used = writeVarint(bytes, used, current[n] as number);
  }
  return { postings, rows: { bytes: bytes.slice(0, used), starts } };
}

function grown(bytes: Uint8Array<ArrayBuffer>, needed: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.max(needed, Math.ceil(bytes.length * 1.5)));
  larger.set(bytes);
  return larger;
}

/** The same index in order: slots by id, terms by frequency, nothing of agents and terms that are gone. */
export function foldedParts(core: IndexCore): IndexParts {
  const order = orderedSlots(core);
  const { terms, sizes, numberOf } = liveTerms(core);
  const { postings, rows } = foldRows(core, order, sizes, numberOf);
  return {
    ids: storedTexts(order.map((slot) => core.slots.idAt(slot))),
    terms,
    postings: storedLists(postings),
    rows,
    columns: core.columns.reordered(order),
  };
}
