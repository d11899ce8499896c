import { describe, expect, test } from '@jest/globals';
import { Debounce } from '../../../bin/cli/debounce.ts';
import { handTimers } from './hand-timers.ts';

/** Work that ends when the test says so. */
function work() {
  const begun: (() => void)[] = [];
  const run = () => new Promise<void>((end) => begun.push(end));
  return { begun, run };
}

function debounced() {
  const timers = handTimers();
  const { begun, run } = work();
  return { timers, begun, debounce: new Debounce(run, { quiet: 500, most: 2_000, timers }) };
}

describe('a debounce', () => {
  test('begins once when it has been quiet for long enough', () => {
    const { timers, begun, debounce } = debounced();
    debounce.touch();
    timers.advance(499);
    debounce.touch();
    timers.advance(499);
    expect(begun).toHaveLength(0);
    timers.advance(1);
    expect(begun).toHaveLength(1);
    timers.advance(10_000);
    expect(begun).toHaveLength(1);
  });

  test('does not wait for a flock that does not end', () => {
    const { timers, begun, debounce } = debounced();
    for (let touched = 0; touched < 10; touched += 1) {
      debounce.touch();
      timers.advance(200);
    }
    expect(timers.now()).toBe(2_000);
    expect(begun).toHaveLength(1);
  });

  test('makes one more piece of work of all that happens during one', async () => {
    const { timers, begun, debounce } = debounced();
    debounce.touch();
    timers.advance(500);
    for (let touched = 0; touched < 3; touched += 1) {
      debounce.touch();
      timers.advance(600);
    }
    expect(begun).toHaveLength(1);
    begun[0]?.();
    await timers.settle();
    expect(begun).toHaveLength(2);
    begun[1]?.();
    await timers.settle();
    expect(begun).toHaveLength(2);
  });

  test('that is closed waits for its work and begins no more', async () => {
    const { timers, begun, debounce } = debounced();
    debounce.touch();
    timers.advance(500);
    debounce.touch();
    const closed = debounce.close();
    timers.advance(5_000);
    debounce.touch();
    timers.advance(5_000);
    begun[0]?.();
    await closed;
    expect(begun).toHaveLength(1);
  });
});
