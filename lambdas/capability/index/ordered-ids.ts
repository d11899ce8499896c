import type { AgentSlots } from './agent-slots.ts';

/** How many of these ascending numbers are below a bound. */
export function countBelow(ascending: Uint32Array, bound: number): number {
  let low = 0;
  let high = ascending.length;
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

/** The ids of agents in ascending order, of slots in ascending order: only those of late comers need sorting. */
export function orderedIds(slots: Uint32Array, { ids, sorted }: AgentSlots): string[] {
  const late = slots.length > 0 && (slots[slots.length - 1] as number) >= sorted;
  const end = late ? countBelow(slots, sorted) : slots.length;
  // The length is known, and writing to places is twice as quick as pushing.
  const found = new Array<string>(end);
  for (let n = 0; n < end; n += 1) found[n] = ids[slots[n] as number] as string;
  if (!late) return found;
  return merged(found, Array.from(slots.subarray(end), (slot) => ids[slot] as string).sort());
}

/**
 * A page of agents in ascending order of ids: at most `limit` ids after `after`, from the `offset`th on.
 *
 * @param slots ascending
 */
export function pageOfIds(
  slots: Uint32Array,
  agents: AgentSlots,
  { after, offset, limit }: { after: string | undefined; offset: number; limit: number },
): string[] {
  const { ids, sorted } = agents;
  const end = countBelow(slots, sorted);
  const start = after === undefined ? 0 : startAfter(slots, agents, after);
  const inOrder = Array.from(
    slots.subarray(start, Math.min(end, start + offset + limit)),
    (slot) => ids[slot] as string,
  );
  const late = Array.from(slots.subarray(end), (slot) => ids[slot] as string)
    .filter((id) => after === undefined || id > after)
    .sort();
  return merged(inOrder, late).slice(offset, offset + limit);
}

function startAfter(slots: Uint32Array, agents: AgentSlots, after: string): number {
  const from = agents.firstFrom(after);
  return countBelow(slots, from < agents.sorted && agents.ids[from] === after ? from + 1 : from);
}
