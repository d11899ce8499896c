/** The first place from `from` on whose slot is not below this one; behind the last where there is none. */
function placeOf(slots: Uint32Array, slot: number, from: number): number {
  const end = slots.length;
  let low = from;
  let step = 1;
  while (low + step < end && (slots[low + step] as number) < slot) {
    low += step;
    step *= 2;
  }
  let high = Math.min(low + step, end);
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((slots[middle] as number) < slot) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** At most `limit` of the first `count` slots from a slot on, ascending: a view. */
export function someOf(slots: Uint32Array, count: number, from: number, limit: number): Uint32Array {
  const there = slots.subarray(0, count);
  const start = placeOf(there, from, 0);
  return there.subarray(start, start + limit);
}

/** Whether a slot is among these, which ascend. */
export function hasSlot(slots: Uint32Array, slot: number): boolean {
  return slots[placeOf(slots, slot, 0)] === slot;
}

/**
 * Writes those of the first `count` slots that are in a longer list to `to`, which may be `slots`. Both ascend. Returns
 * how many.
 */
export function leap(slots: Uint32Array, count: number, list: Uint32Array, to: Uint32Array): number {
  let found = 0;
  let place = 0;
  for (let n = 0; n < count && place < list.length; n += 1) {
    const slot = slots[n] as number;
    place = placeOf(list, slot, place);
    if (list[place] === slot) to[found++] = slot;
  }
  return found;
}

/** Each slot of these lists once, ascending. For short lists: it sorts. */
export function join(lists: readonly Uint32Array[]): Uint32Array {
  const joined = new Uint32Array(lists.reduce((length, list) => length + list.length, 0));
  let end = 0;
  for (const list of lists) {
    joined.set(list, end);
    end += list.length;
  }
  joined.sort();
  return joined.filter((slot, n) => n === 0 || slot !== joined[n - 1]);
}

/** The slots, ascending, after changes: each takes a slot out where it is in, else puts it in. */
export function toggle(slots: Uint32Array, changes: readonly number[]): Uint32Array {
  const sorted = Uint32Array.from(changes).sort();
  const result = new Uint32Array(slots.length + sorted.length);
  let size = 0;
  let place = 0;
  for (let n = 0; n < sorted.length; ) {
    const slot = sorted[n] as number;
    while (place < slots.length && (slots[place] as number) < slot) result[size++] = slots[place++] as number;
    let isIn = slots[place] === slot;
    if (isIn) place += 1;
    for (; sorted[n] === slot; n += 1) isIn = !isIn;
    if (isIn) result[size++] = slot;
  }
  result.set(slots.subarray(place), size);
  return result.slice(0, size + slots.length - place);
}
