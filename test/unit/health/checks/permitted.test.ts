import { expect, test } from '@jest/globals';
import { parsePermitted } from '../../../../lambdas/health/checks/permitted.ts';

test.each([
  ['calendar', 'calendar', true],
  ['calendar', 'calendar-2', false],
  ['calendar-*', 'calendar-2', true],
  ['calendar-*', 'my-calendar-2', false],
  [' mail , calendar ', 'calendar', true],
  ['main/*', 'main/web', true],
  ['main/*', 'mainly/web', false],
  [',,', '', false],
])('%p permits %p: %p', (list, name, permitted) => {
  expect(parsePermitted(list)(name)).toBe(permitted);
});

test.each([undefined, ''])('a list that is not there permits nothing: %p', (list) => {
  expect(parsePermitted(list)('anything')).toBe(false);
});

test.each(['*', '*/web', 'a*b', 'mail,*', '**'])('a list that would permit too much is none: %p', (list) => {
  expect(() => parsePermitted(list)).toThrow('permits too much');
});
