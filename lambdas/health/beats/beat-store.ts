import type { Beat } from './beat.ts';

/** Where the agents' beats are kept. Every method may throw `StoreBusyError`. */
export interface BeatStore {
  /** Read consistently; `undefined`: there is no such agent. */
  read(agentId: string): Promise<Beat | undefined>;
  /** Those that are there, eventually consistent: for a look at many. */
  readMany(agentIds: readonly string[]): Promise<ReadonlyMap<string, Beat>>;
  /**
   * Replaces an agent's beat.
   *
   * @param after stamp of the beat that this one follows, `null`: there was none. Default: whatever it was
   * @returns `false`: there is no such agent, it is in another incarnation, or another beat came between
   */
  write(beat: Beat, after?: number | null): Promise<boolean>;
}
