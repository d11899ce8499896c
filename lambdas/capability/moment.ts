import type { Clock } from '../shared/clock.ts';

/** The two clocks by which a copy's age is told. */
export interface Clocks {
  /** The wall clock, which all machines share more or less. */
  readonly clock: Clock;
  /** A clock that is never set. @default - there is none: the wall clock is believed */
  readonly steady?: Clock;
}

/** A moment as both clocks tell it, in milliseconds. */
export interface Moment {
  readonly wall: number;
  readonly steady: number;
}

/** Node's clock of this process: no correction of the time moves it. */
export const steadyClock: Clock = { now: () => performance.now() };

export const momentOf = ({ clock, steady = clock }: Clocks): Moment => ({ wall: clock.now(), steady: steady.now() });

/**
 * Milliseconds from one moment to a later one, by the clock that says more: the wall clock loses time when it is set
 * back, the steady one may stand still while Lambda keeps the function frozen. What is too long only costs a refresh.
 */
export const millisecondsBetween = (earlier: Moment, later: Moment): number =>
  Math.ceil(Math.max(0, later.wall - earlier.wall, later.steady - earlier.steady));

/** The same by the clock that says less: for what must not run ahead of the time. */
export const leastBetween = (earlier: Moment, later: Moment): number =>
  Math.floor(Math.max(0, Math.min(later.wall - earlier.wall, later.steady - earlier.steady)));
