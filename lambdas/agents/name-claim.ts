import { ConflictError } from '../shared/errors.ts';
import { normaliseName, renamed } from './agent-name.ts';
import type { AgentDocument } from './agent-schema.ts';
import type { CommitObstacle } from './agent-store.ts';

/** What happens when a name is taken (CONTRACT.md; first specification, "Conflict Detection and Resolution"). */
export type ConflictResolution = NonNullable<AgentDocument['conflictResolution']>;

/** What a request asks for: its own word first, then the agent's setting, then `rename`. */
export const resolutionOf = ({ conflictResolution, config }: Partial<AgentDocument>): ConflictResolution =>
  conflictResolution ?? config?.conflictResolution ?? 'rename';

/** The 409 of a name that somebody else holds. */
export const nameTaken = (name: string, holder: string): ConflictError =>
  new ConflictError([{ field: 'name', rule: 'unique', message: `the name "${name}" is held by agent ${holder}` }]);

/** The 409 of an id that exists. */
export const idTaken = (id: string): ConflictError =>
  new ConflictError([{ field: 'id', rule: 'unique', message: `the agent ${id} exists already` }]);

/**
 * Finds a free name over the tries of one write. It remembers which suffixed names were taken, so that each further
 * try is likelier to succeed than the one before.
 */
export class NameSearch {
  #clashes = 0;
  #suffixed = false;

  /** Tells what stood in the way of the last try. */
  learn(obstacle: CommitObstacle | undefined): void {
    if (obstacle === 'name' && this.#suffixed) this.#clashes += 1;
  }

  /** The name to try for an agent that wants `name`, held by nobody or by `holder`. */
  candidate(name: string, holder: string | undefined, now: number): string {
    this.#suffixed = holder !== undefined;
    return this.#suffixed ? renamed(name, now, this.#clashes) : name;
  }
}

/** Whether two names are one. */
export const sameName = (left: string, right: string): boolean => normaliseName(left) === normaliseName(right);
