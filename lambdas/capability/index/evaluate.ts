import type { Expression, Kind } from './expression.ts';
import type { IndexCore } from './index-core.ts';
import type { SlotSet } from './slot-set.ts';

const NOBODY = new Uint32Array(0);

const slotsOfAgents = ({ slots }: IndexCore, ids: readonly string[]): Uint32Array =>
  Uint32Array.from(new Set(ids.flatMap((id) => slots.find(id) ?? []))).sort();

/** Who has a term. */
function havingTerm(core: IndexCore, kind: Kind, text: string): SlotSet {
  const posting = core.posting(kind, text);
  return posting === undefined ? core.sets.ofSlots(NOBODY) : core.sets.of(posting);
}

function evaluate(core: IndexCore, expression: Expression): SlotSet {
  const { sets } = core;
  if ('term' in expression) return havingTerm(core, expression.term[0], expression.term[1]);
  if ('agents' in expression) return sets.ofSlots(slotsOfAgents(core, expression.agents));
  if ('any' in expression) return sets.unite(expression.any.map((part) => evaluate(core, part)));
  return expression.all.length === 0 ? sets.of(core.living) : sets.intersect(conjuncts(core, expression));
}

/**
 * The sets whose intersection an expression finds: an `all` within an `all` is listed with the others, so that the
 * smallest of all comes first. Loops, as a search of a thousand agents takes less than a microsecond.
 */
function conjuncts(core: IndexCore, expression: Expression, found: SlotSet[] = []): SlotSet[] {
  if ('all' in expression && expression.all.length > 0) {
    for (const part of expression.all) conjuncts(core, part, found);
  } else found.push(evaluate(core, expression));
  return found;
}

/** Those who have all of these texts of a kind, one set each, behind the sets that are there. */
export function addTerms(core: IndexCore, kind: Kind, texts: readonly string[] | undefined, found: SlotSet[]): void {
  if (texts) for (const text of texts) found.push(havingTerm(core, kind, text));
}

/** Reads the sets whose intersection an expression finds; they are released afterwards. */
export function withSets<Result>(
  core: IndexCore,
  expression: Expression,
  read: (sets: readonly SlotSet[]) => Result,
): Result {
  const sets = conjuncts(core, expression);
  try {
    return read(sets);
  } finally {
    for (const set of sets) core.sets.release(set);
  }
}
