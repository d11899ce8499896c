import { describe, expect, test } from '@jest/globals';
import { type Watch, watchFolder } from '../../../bin/cli/sync-watch.ts';
import { handTimers } from './hand-timers.ts';

/** A folder that is watched, where events happen at the test's word; `troubles` says what each sync meets in turn. */
function watched(...troubles: (string | undefined)[]) {
  const timers = handTimers();
  const controller = new AbortController();
  const told: (string | undefined)[] = [];
  const folder = { event: () => {}, fail: (_: Error) => {}, closed: false };
  const watch: Watch = async (_, onEvent, onError) => {
    Object.assign(folder, { event: onEvent, fail: onError });
    return {
      async close() {
        folder.closed = true;
      },
    };
  };
  let syncs = 0;
  const ended = watchFolder({
    folder: 'agents',
    async sync() {
      syncs += 1;
      return troubles[syncs - 1];
    },
    onTrouble: (trouble) => told.push(trouble),
    signal: controller.signal,
    watch,
    timers,
  });
  /** Lets so much time pass, and everything that it leads to. */
  async function passed(milliseconds: number): Promise<number> {
    await timers.settle();
    timers.advance(milliseconds);
    await timers.settle();
    return syncs;
  }
  return { folder, told, timers, ended, passed, stop: () => controller.abort() };
}

describe('a folder that is watched', () => {
  test('is synchronised at the beginning, and once for each flock of events', async () => {
    const { folder, passed } = watched();
    expect(await passed(500)).toBe(1);
    expect(await passed(60_000)).toBe(1);
    for (let event = 0; event < 100; event += 1) folder.event();
    expect(await passed(499)).toBe(1);
    expect(await passed(1)).toBe(2);
  });

  test('is tried again when something is in the way, later each time, and told of once', async () => {
    const { told, passed } = watched('away', 'still away', 'and still');
    await passed(500);
    expect(told).toEqual(['away']);
    expect(await passed(2_500)).toBe(2);
    expect(await passed(2_500)).toBe(2);
    expect(await passed(2_000)).toBe(3);
    expect(told).toEqual(['away']);
    expect(await passed(8_500)).toBe(4);
    expect(told).toEqual(['away', undefined]);
    expect(await passed(600_000)).toBe(4);
  });

  test('is left in peace after the signal', async () => {
    const { folder, passed, ended, stop, timers } = watched('away');
    await passed(500);
    stop();
    await ended;
    expect(folder.closed).toBe(true);
    folder.event();
    expect(await passed(600_000)).toBe(1);
    expect(timers.waiting()).toBe(0);
  });

  test('ends with a plain sentence when it cannot be watched', async () => {
    const { folder, passed, ended } = watched();
    const failed = expect(ended).rejects.toThrow('agents cannot be watched: too many files');
    await passed(500);
    folder.fail(new Error('too many files'));
    await failed;
    expect(folder.closed).toBe(true);
  });
});
