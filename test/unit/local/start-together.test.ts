import { describe, expect, jest, test } from '@jest/globals';
import { startTogether } from '../../../bin/local/start-together.ts';

const never = new AbortController().signal;

const running = () => ({ stop: jest.fn(async () => {}) });

/** A start that takes until it is interrupted. */
const slow = (signal: AbortSignal): Promise<undefined> =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));

describe('things that start together', () => {
  test('are all there when all have started', async () => {
    const [one, two] = [running(), running()];
    expect(await startTogether(never, [async () => one, async () => two])).toEqual([one, two]);
    expect(one.stop).not.toHaveBeenCalled();
  });

  test('end together when one fails: the started is stopped, the starting interrupted', async () => {
    const started = running();
    const failing = async () => {
      throw new Error('no');
    };
    await expect(startTogether(never, [async () => started, failing, slow])).rejects.toThrow('no');
    expect(started.stop).toHaveBeenCalledTimes(1);
  });

  test('end together when the caller changes its mind', async () => {
    const started = running();
    const caller = new AbortController();
    const starting = startTogether(caller.signal, [async () => started, slow]);
    caller.abort(new Error('enough'));
    await expect(starting).rejects.toThrow('enough');
    expect(started.stop).toHaveBeenCalledTimes(1);
  });
});
