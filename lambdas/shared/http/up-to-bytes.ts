/**
 * Bytes of items on one page, as they are sent. Lambda answers with 6 MB; the rest is for what stands beside them, facets
 * being the most with some 0.5 MB.
 */
export const MAX_PAGE_BYTES = 4_000_000;

/** Bytes of an item in an answer: a function's body is a text within JSON, so the quotes of its JSON are escaped. */
const sentBytes = (item: unknown): number => Buffer.byteLength(JSON.stringify(JSON.stringify(item)));

/** As many items from the first as fit on a page; one at least, or a walk would stand still. */
export function upToBytes<Item>(items: readonly Item[], most: number = MAX_PAGE_BYTES): readonly Item[] {
  let sum = 0;
  const end = items.findIndex((item) => {
    sum += sentBytes(item);
    return sum > most;
  });
  return end < 0 ? items : items.slice(0, Math.max(1, end));
}
