/** Where one list is so many times as long as the other, leaping through it is quicker than walking. */
const LEAP = 16;

/** The first place from `from` on, below `end`, whose slot is not below this one; `end` where there is none. */
function placeOf(slots: Uint32Array, slot: number, from: number, end: number): number {
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

/** Whether a slot is among these, which ascend. */
export function hasSlot(slots: Uint32Array, slot: number): boolean {
  return slots[placeOf(slots, slot, 0, slots.length)] === slot;
}

/**
 * Writes what is both in the first `count` of some slots and in others to `to`, which may be `slots`. All ascend.
 * Returns how many.
 */
export function meet(slots: Uint32Array, count: number, others: Uint32Array, to: Uint32Array): number {
  if (others.length >= count * LEAP) return leap(slots, count, others, others.length, to);
  if (count >= others.length * LEAP) return leap(others, others.length, slots, count, to);
  let found = 0;
  let a = 0;
  let b = 0;
  while (a < count && b < others.length) {
    const [slot, other] = [slots[a] as number, others[b] as number];
    if (slot === other) to[found++] = slot;
    if (slot <= other) a += 1;
    if (other <= slot) b += 1;
  }
  return found;
}

function leap(few: Uint32Array, fewCount: number, many: Uint32Array, manyCount: number, to: Uint32Array): number {
  let found = 0;
  let place = 0;
  for (let n = 0; n < fewCount; n += 1) {
    const slot = few[n] as number;
    place = placeOf(many, slot, place, manyCount);
    if (place === manyCount) break;
    if (many[place] === slot) to[found++] = slot;
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
