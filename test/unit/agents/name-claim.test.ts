import { describe, expect, test } from '@jest/globals';
import { NameSearch, resolutionOf, sameName } from '../../../lambdas/agents/name-claim.ts';
import { START } from '../../support/agents.ts';

describe('how a clash is settled', () => {
  test('is said by the request before the agent, and is a new name where neither says', () => {
    expect(resolutionOf({ conflictResolution: 'reject', config: { conflictResolution: 'merge' } })).toBe('reject');
    expect(resolutionOf({ config: { conflictResolution: 'merge' } })).toBe('merge');
    expect(resolutionOf({ config: {} })).toBe('rename');
  });
});

describe('the search for a free name', () => {
  test('begins with the name itself', () => {
    expect(new NameSearch().candidate('calendar', undefined, START)).toBe('calendar');
  });

  test('goes on with the time, and with something random once that was taken', () => {
    const search = new NameSearch();
    expect(search.candidate('calendar', 'somebody', START)).toBe(`calendar-${START}`);
    search.learn('name');

    expect(search.candidate('calendar', 'somebody', START)).toMatch(/-\d{13}-[a-z2-7]{8}$/);
  });

  test('learns nothing of suffixes from a name that was lost without one', () => {
    const search = new NameSearch();
    search.candidate('calendar', undefined, START);
    search.learn('name');

    expect(search.candidate('calendar', 'somebody', START)).toBe(`calendar-${START}`);
  });

  test.each(['head', 'idempotency', 'contention', undefined] as const)(
    'learns nothing from the obstacle %s',
    (obstacle) => {
      const search = new NameSearch();
      search.candidate('calendar', 'somebody', START);
      search.learn(obstacle);

      expect(search.candidate('calendar', 'somebody', START)).toBe(`calendar-${START}`);
    },
  );
});

test('names are the same by their normal form', () => {
  expect(sameName('Calendar', ' calendar')).toBe(true);
  expect(sameName('calendar', 'calendar-1')).toBe(false);
});
