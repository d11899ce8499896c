import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { stopRequest } from '../../../bin/local/stop-request.ts';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

/** A process whose parent can be changed, as the system does when the real one dies. */
function processOf(environment: NodeJS.ProcessEnv) {
  const asked = Object.assign(new EventEmitter(), { env: environment, ppid: 100 });
  return { asked, signal: stopRequest(asked as unknown as NodeJS.Process) };
}

describe('a stop is asked for', () => {
  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'])('by %s', (name) => {
    const { asked, signal } = processOf({});
    expect(signal.aborted).toBe(false);
    asked.emit(name);
    expect(signal.aborted).toBe(true);
  });

  test('by the end of the npm that started the process', () => {
    const { asked, signal } = processOf({ npm_lifecycle_event: 'start' });
    jest.advanceTimersByTime(60_000);
    expect(signal.aborted).toBe(false);
    asked.ppid = 1;
    jest.advanceTimersByTime(1_000);
    expect(signal.aborted).toBe(true);
  });

  test('but not by the end of a shell that left it in the background', () => {
    const { asked, signal } = processOf({});
    asked.ppid = 1;
    jest.advanceTimersByTime(60_000);
    expect(signal.aborted).toBe(false);
  });
});
