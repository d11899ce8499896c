import type { Expression } from './expression.ts';
import type { IndexCore } from './index-core.ts';
import type { SlotSet } from './slot-set.ts';

const isAll = (expression: Expression): expression is { readonly all: readonly Expression[] } =>
  'all' in expression && expression.all.length > 0;

/** What all of must hold: an `all` within an `all` is listed with the others, so that the smallest of all comes first. */
const conjuncts = (expression: Expression): readonly Expression[] =>
  isAll(expression) ? expression.all.flatMap(conjuncts) : [expression];

const slotsOfAgents = ({ slots }: IndexCore, ids: readonly string[]): Uint32Array =>
  Uint32Array.from(new Set(ids.flatMap((id) => slots.find(id) ?? []))).sort();

function evaluate(core: IndexCore, expression: Expression): SlotSet {
  const { sets } = core;
  if ('term' in expression) {
    const posting = core.posting(...expression.term);
    return posting === undefined ? sets.ofSlots(new Uint32Array(0)) : sets.of(posting);
  }
  if ('agents' in expression) return sets.ofSlots(slotsOfAgents(core, expression.agents));
  if ('any' in expression) return sets.unite(expression.any.map((part) => evaluate(core, part)));
  if (expression.all.length === 0) return sets.of(core.living);
  return sets.intersect(conjuncts(expression).map((part) => evaluate(core, part)));
}

/** Reads the sets whose intersection an expression finds; they are released afterwards. */
export function withSets<Result>(
  core: IndexCore,
  expression: Expression,
  read: (sets: readonly SlotSet[]) => Result,
): Result {
  const sets = conjuncts(expression).map((part) => evaluate(core, part));
  try {
    return read(sets);
  } finally {
    for (const set of sets) core.sets.release(set);
  }
}
