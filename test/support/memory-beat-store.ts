import type { Beat } from '../../lambdas/health/beats/beat.ts';
import type { BeatStore } from '../../lambdas/health/beats/beat-store.ts';
import type { MemoryAgentStore } from './memory-agent-store.ts';

/** The beats of a registry in memory: their places come and go with its agents. */
export class MemoryBeatStore implements BeatStore {
  /** How many agents were looked for by each `readMany`. */
  readonly reads: number[] = [];
  /** Asked before each call; may throw, or wait and so decide who comes first. */
  hook: (call: 'read' | 'readMany' | 'write') => void | Promise<void> = () => undefined;
  readonly #agents: Pick<MemoryAgentStore, 'beats'>;

  constructor(agents: Pick<MemoryAgentStore, 'beats'>) {
    this.#agents = agents;
  }

  async read(agentId: string): Promise<Beat | undefined> {
    await this.hook('read');
    return this.#agents.beats.get(agentId);
  }

  async readMany(agentIds: readonly string[]): Promise<ReadonlyMap<string, Beat>> {
    await this.hook('readMany');
    this.reads.push(agentIds.length);
    return new Map(
      agentIds.flatMap((agentId) => {
        const beat = this.#agents.beats.get(agentId);
        return beat ? [[agentId, beat]] : [];
      }),
    );
  }

  async write(beat: Beat, after?: number | null): Promise<boolean> {
    await this.hook('write');
    const before = this.#agents.beats.get(beat.agentId);
    if (before?.incarnation !== beat.incarnation) return false;
    if (after !== undefined && (before.at ?? null) !== after) return false;
    this.#agents.beats.set(beat.agentId, beat);
    return true;
  }
}
