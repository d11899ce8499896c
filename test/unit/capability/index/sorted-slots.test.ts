import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { hasSlot, join, leap, toggle } from '../../../../lambdas/capability/index/sorted-slots.ts';
import { ascending, listOf } from './both-kernels.ts';

const aSlot = fc.integer({ min: 0, max: 300 });
const slotSet = fc.array(aSlot, { maxLength: 200 }).map((slots) => new Set(slots));

describe('in an ascending list', () => {
  test('a slot is found where it is, and nowhere else', () => {
    fc.assert(
      fc.property(slotSet, aSlot, (slots, slot) => {
        expect(hasSlot(listOf(slots), slot)).toBe(slots.has(slot));
      }),
    );
  });

  test('the first few slots of another are met, also where they are overwritten', () => {
    fc.assert(
      fc.property(slotSet, slotSet, fc.nat(), (slots, others, n) => {
        const list = listOf(slots);
        const count = n % (list.length + 1);
        const both = ascending(new Set(list.subarray(0, count)).intersection(others));
        const apart = new Uint32Array(count);

        expect([...apart.subarray(0, leap(list, count, listOf(others), apart))]).toEqual(both);
        expect([...list.subarray(0, leap(list, count, listOf(others), list))]).toEqual(both);
      }),
    );
  });

  test('changes put in what is out and take out what is in, each time anew', () => {
    fc.assert(
      fc.property(slotSet, fc.array(aSlot, { maxLength: 400 }), (slots, changes) => {
        const model = new Set(slots);
        for (const slot of changes) model.delete(slot) || model.add(slot);

        expect([...toggle(listOf(slots), changes)]).toEqual(ascending(model));
      }),
    );
  });
});

test('lists are joined to one that has each slot once', () => {
  fc.assert(
    fc.property(fc.array(slotSet), (sets) => {
      const all = new Set(sets.flatMap((set) => [...set]));

      expect([...join(sets.map(listOf))]).toEqual(ascending(all));
    }),
  );
});
