/** A promise that one process at a time does something (ARCHITECTURE, "Words"). */
export interface Lease {
  /**
   * Takes the lease, or holds on to it for longer.
   *
   * @param now milliseconds since the epoch
   * @returns whether it is ours until `now` plus the lease's length; `false`: somebody else has it
   */
  take(now: number): Promise<boolean>;
  /** Gives it back, if it is still ours. */
  release(): Promise<void>;
  /** Whether anybody has it. */
  isTaken(now: number): Promise<boolean>;
}
