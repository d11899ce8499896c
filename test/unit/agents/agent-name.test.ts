import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { MAX_NAME_LENGTH } from '../../../lambdas/agents/agent-fields.ts';
import { normaliseName, renamed } from '../../../lambdas/agents/agent-name.ts';
import { START } from '../../support/agents.ts';

/** Names with all kinds of characters, surrogate pairs among them. */
const anyName = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 200 });

describe('names are one', () => {
  test.each([
    ['Calendar Agent', 'calendar agent'],
    ['  calendar\u00a0 \u2003agent ', 'calendar agent'],
    ['ＣＡＬＥＮＤＡＲ', 'calendar'],
    ['café', 'cafe\u0301'],
    ['ﬁnder', 'finder'],
  ])('%j and %j', (left, right) => {
    expect(normaliseName(left)).toBe(normaliseName(right));
  });

  test('in upper and lower case, also where only one of them has a composed character', () => {
    expect(normaliseName('J\u030c')).toBe(normaliseName('\u01f0'));
  });

  test('and are the same again when made one twice', () => {
    fc.assert(
      fc.property(anyName, (name) => {
        expect(normaliseName(normaliseName(name))).toBe(normaliseName(name));
      }),
      { numRuns: 300 },
    );
  });

  test('and names that say something else are not', () => {
    expect(new Set(['calendar', 'calender', 'calen dar', 'calendar-1'].map(normaliseName)).size).toBe(4);
  });
});

describe('another name for a taken one', () => {
  test('has the time behind it', () => {
    expect(renamed('calendar', START, 0)).toBe(`calendar-${START}`);
  });

  test('has something random behind the time once that was taken as well', () => {
    expect(renamed('calendar', START, 1)).toMatch(new RegExp(`^calendar-${START}-[a-z2-7]{8}$`));
  });

  test('differs within one millisecond, hundreds of times', () => {
    const names = Array.from({ length: 500 }, (_, clash) => normaliseName(renamed('x'.repeat(128), START, clash)));

    expect(new Set(names).size).toBe(500);
  });

  test('ends with its suffix, is never too long and halves no character', () => {
    fc.assert(
      fc.property(anyName, fc.nat({ max: 3 }), (name, clashes) => {
        const other = renamed(name, START, clashes);

        expect(other.length).toBeLessThanOrEqual(MAX_NAME_LENGTH);
        expect(other.isWellFormed()).toBe(true);
        expect(other).toMatch(clashes === 0 ? /-\d{13}$/ : /-\d{13}-[a-z2-7]{8}$/);
      }),
      { numRuns: 300 },
    );
  });

  test('begins with as much of the name as there is room for', () => {
    expect(renamed('x'.repeat(128), START, 0)).toBe(`${'x'.repeat(114)}-${START}`);
    expect(renamed('😀'.repeat(128), START, 0)).toBe(`${'😀'.repeat(114)}-${START}`);
  });

  test('has no space before the suffix', () => {
    expect(renamed(`${'x'.repeat(113)} y${'z'.repeat(20)}`, START, 0)).toBe(`${'x'.repeat(113)}-${START}`);
  });
});
