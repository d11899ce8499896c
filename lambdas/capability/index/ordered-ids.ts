import type { AgentSlots } from './agent-slots.ts';
import type { SlotSet, SlotSets } from './slot-set.ts';

/** How many of the first `count` numbers, which ascend, are below a bound. */
function countBelow(ascending: Uint32Array, count: number, bound: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ascending[middle] as number) < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}

function merged(some: readonly string[], others: readonly string[]): string[] {
  const all = new Array<string>(some.length + others.length);
  let [s, o] = [0, 0];
  for (let n = 0; n < all.length; n += 1) {
    const first = s < some.length && (o === others.length || (some[s] as string) < (others[o] as string));
    all[n] = (first ? some[s++] : others[o++]) as string;
  }
  return all;
}

/** Up to so many ids are asked for one by one: those of a snapshot need not all be made for them. */
const FEW = 16;

/**
 * Ids of some of these slots, as they stand. There are no more than all ids: a copy of as many, overwritten, is made in two
 * thirds of the time that an empty array takes to fill.
 */
function idsOf(slots: Uint32Array, from: number, to: number, agents: AgentSlots): string[] {
  const count = to - from;
  if (count <= FEW) {
    const few: string[] = [];
    for (let n = from; n < to; n += 1) few.push(agents.idAt(slots[n] as number));
    return few;
  }
  const { ids } = agents;
  const found = ids.slice(0, count);
  for (let n = 0; n < count; n += 1) found[n] = ids[slots[from + n] as number] as string;
  return found;
}

/** The ids of the first `count` slots, which ascend, in ascending order: only those of late comers need sorting. */
export function orderedIds(slots: Uint32Array, count: number, agents: AgentSlots): string[] {
  const { sorted } = agents;
  const areLate = count > 0 && (slots[count - 1] as number) >= sorted;
  if (!areLate) return idsOf(slots, 0, count, agents);
  const end = countBelow(slots, count, sorted);
  return merged(idsOf(slots, 0, end, agents), idsOf(slots, end, count, agents).sort());
}

/** Where a page of agents lies among others, in the order of ids. */
export interface PageSpan {
  /** Only ids behind this one. */
  readonly after?: string | undefined;
  /** How many of these to pass over. */
  readonly offset?: number | undefined;
  readonly limit: number;
}

/** A page of the agents that are in all of some sets, in ascending order of ids, and how many agents there are in all. */
export function pageOfIds(
  algebra: SlotSets,
  sets: readonly SlotSet[],
  agents: AgentSlots,
  { after, offset = 0, limit }: PageSpan,
): { ids: string[]; total: number } {
  const { sorted, end } = agents;
  const from = after === undefined ? 0 : firstSlotAfter(agents, after);
  const page = algebra.readSome(sets, { from, limit: offset + limit }, (slots, total) => ({
    ids: idsOf(slots, 0, countBelow(slots, slots.length, sorted), agents),
    total,
  }));
  if (end === sorted) return { ids: page.ids.slice(offset), total: page.total };
  const late = algebra
    .readSome(sets, { from: sorted, limit: end }, (slots) => idsOf(slots, 0, slots.length, agents))
    .filter((id) => after === undefined || id > after)
    .sort();
  return { ids: merged(page.ids, late).slice(offset, offset + limit), total: page.total };
}

/** The first sorted slot whose id is behind this one. */
function firstSlotAfter(agents: AgentSlots, id: string): number {
  const slot = agents.firstFrom(id);
  return slot < agents.sorted && agents.idAt(slot) === id ? slot + 1 : slot;
}
