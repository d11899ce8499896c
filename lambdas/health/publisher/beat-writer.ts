import type { Heartbeat } from '../heartbeat-schema.ts';

/** A heartbeat on its way: the agent that it is of is named in it. */
export type OwnHeartbeat = Heartbeat & { readonly agentId: string };

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
  write(heartbeat: OwnHeartbeat): Promise<BeatOutcome>;
}
