import type { AgentSlots } from './agent-slots.ts';

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

/** Ids of some of these slots, as they stand. The length is known: writing to places is twice as quick as pushing. */
function idsOf(slots: Uint32Array, from: number, to: number, ids: readonly string[]): string[] {
  const found = new Array<string>(Math.max(0, to - from));
  for (let n = 0; n < found.length; n += 1) found[n] = ids[slots[from + n] as number] as string;
  return found;
}

/** The ids of the first `count` slots, which ascend, in ascending order: only those of late comers need sorting. */
export function orderedIds(slots: Uint32Array, count: number, { ids, sorted }: AgentSlots): string[] {
  const areLate = count > 0 && (slots[count - 1] as number) >= sorted;
  if (!areLate) return idsOf(slots, 0, count, ids);
  const end = countBelow(slots, count, sorted);
  return merged(idsOf(slots, 0, end, ids), idsOf(slots, end, count, ids).sort());
}

/**
 * A page of the agents in the first `count` slots, which ascend, in ascending order of ids: at most `limit` of those after
 * `after`, from the `offset`th on.
 */
export function pageOfIds(
  slots: Uint32Array,
  count: number,
  agents: AgentSlots,
  { after, offset, limit }: { after: string | undefined; offset: number; limit: number },
): string[] {
  const { ids, sorted } = agents;
  const end = countBelow(slots, count, sorted);
  const start = after === undefined ? 0 : countBelow(slots, end, firstSlotAfter(agents, after));
  const inOrder = idsOf(slots, start, Math.min(end, start + offset + limit), ids);
  const late = idsOf(slots, end, count, ids)
    .filter((id) => after === undefined || id > after)
    .sort();
  return merged(inOrder, late).slice(offset, offset + limit);
}

function firstSlotAfter(agents: AgentSlots, id: string): number {
  const slot = agents.firstFrom(id);
  return agents.ids[slot] === id ? slot + 1 : slot;
}
