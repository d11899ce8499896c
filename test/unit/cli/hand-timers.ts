import type { Timers } from '../../../bin/cli/debounce.ts';

/** Timers whose hands a test turns. */
export interface HandTimers extends Timers {
  /** Goes on by so many milliseconds, calling what is due on the way. */
  advance(milliseconds: number): void;
  /** Lets everything come to rest that waits for nothing but its turn. */
  settle(): Promise<void>;
  /** How many are waiting. */
  waiting(): number;
}

interface Started {
  readonly at: number;
  readonly action: () => void;
}

export function handTimers(): HandTimers {
  let time = 0;
  const started = new Set<Started>();
  const next = (until: number) => [...started].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
  return {
    now: () => time,
    start(action, milliseconds) {
      const timer = { at: time + milliseconds, action };
      started.add(timer);
      return () => started.delete(timer);
    },
    advance(milliseconds) {
      const end = time + milliseconds;
      for (let timer = next(end); timer; timer = next(end)) {
        started.delete(timer);
        time = timer.at;
        timer.action();
      }
      time = end;
    },
    async settle() {
      await new Promise((turn) => setImmediate(turn));
    },
    waiting: () => started.size,
  };
}
