import { withSets } from './evaluate.ts';
import type { Expression, Kind } from './expression.ts';
import type { IndexCore } from './index-core.ts';
import type { SlotSet } from './slot-set.ts';

/** Up to one in so many agents, reading the rows of those that match is quicker than asking every posting. */
const READ_ROWS_BELOW = 1 / 16;

/** How often each term of a kind is met among those whom an expression finds. */
export const facet = (core: IndexCore, found: Expression, kind: Kind): Map<string, number> =>
  withSets(core, found, (sets) =>
    core.sets.countOf(sets) < core.slots.size * READ_ROWS_BELOW
      ? countByRows(core, core.sets.slotsOf(sets), kind)
      : countByPostings(core, sets, kind),
  );

function countByRows({ rows, terms }: IndexCore, slots: Uint32Array, kind: Kind): Map<string, number> {
  const counts = new Map<string, number>();
  for (const slot of slots) {
    const count = rows.read(slot);
    for (let n = 0; n < count; n += 1) {
      const term = rows.current[n] as number;
      if (terms.kindOf(term) !== kind) continue;
      const text = terms.textOf(term);
      counts.set(text, (counts.get(text) ?? 0) + 1);
    }
  }
  return counts;
}

function countByPostings(
  { sets, terms, postings }: IndexCore,
  found: readonly SlotSet[],
  kind: Kind,
): Map<string, number> {
  const counts = new Map<string, number>();
  for (const [text, term] of terms.of(kind)) {
    const common = sets.countOf([...found, sets.of(postings.at(term))]);
    if (common > 0) counts.set(text, common);
  }
  return counts;
}
