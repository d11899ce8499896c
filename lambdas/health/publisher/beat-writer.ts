import type { BeatCheck, BeatStatus } from '../beats/beat.ts';

/** What an agent says with a beat (second specification, "Heartbeat Publishing"). */
export interface HeartbeatPayload {
  readonly agentId: string;
  readonly agentType?: string;
  readonly status: BeatStatus;
  readonly health?: { readonly status?: string; readonly lastCheck?: string; readonly checks?: readonly BeatCheck[] };
  /**
   * `memoryUsage` and `cpuUsage` as ratios of 0 to 1, `taskQueue` as tasks that wait, and what else there is. At most 20
   * numbers; values that are none are left out.
   */
  readonly metrics?: Readonly<Record<string, unknown>>;
  /** How long the agent is alive by this beat, 10 to 86,400. */
  readonly ttlSeconds?: number;
}

/**
 * What became of a heartbeat. `unregistered`: the registry has no such agent, or another life of it than the one that the
 * writer has beaten for so far; the beat is dropped, because what a removed agent said counts for nobody.
 */
export type BeatOutcome =
  | { readonly outcome: 'taken' /** ISO 8601: end of the lease. */; readonly expiresAt: string }
  | { readonly outcome: 'unregistered' };

/** How heartbeats reach the registry. One call at a time. */
export interface BeatWriter {
  /**
   * @param heartbeat the same object again where an earlier call with it failed
   * @throws UnavailableError where another try may succeed; anything else where it would not
   */
  write(heartbeat: HeartbeatPayload): Promise<BeatOutcome>;
}
