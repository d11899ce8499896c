import { type Identity, identitiesOf } from './file-identity.ts';
import type { AgentRead } from './reading/read-document.ts';
import type { SnapshotEntry } from './reload-snapshot.ts';

/** A manifest that describes an agent, and what is known of it. */
export interface Claimant {
  readonly key: string;
  readonly read: AgentRead;
  readonly entry: SnapshotEntry | undefined;
  /** The entry of a manifest of the same bytes that is gone: this one is that one, moved. */
  readonly moved?: SnapshotEntry | undefined;
}

/** What a manifest was given before, if it still asks for the same. */
function givenBefore({ read, entry, moved }: Claimant): Identity | undefined {
  const before = entry?.id === undefined ? moved : entry;
  if (before?.id === undefined || before.asked !== read.agent.id) return undefined;
  return { id: before.id, name: before.id === read.agent.id ? read.agent.name : (before.name ?? read.agent.name) };
}

/**
 * Gives agents of files their ids: each file keeps what it was given for as long as it asks for the same; then files
 * that write their id themselves; then the others in the order of their keys, each the first of its identities that is
 * free (see {@link identitiesOf}).
 */
export class Identities {
  readonly #holders = new Map<string, string>();

  /** @param holders ids that are taken, with the key of the manifest that holds each */
  constructor(holders: Iterable<readonly [id: string, key: string]>) {
    for (const [id, key] of holders) this.#holders.set(id, key);
  }

  /** What each claimant is given, by its key; `undefined`: all that it may take belongs to others. */
  give(claimants: readonly Claimant[]): Map<string, Identity | undefined> {
    const given = new Map<string, Identity | undefined>();
    const rounds: readonly ((claimant: Claimant) => readonly Identity[])[] = [
      (claimant) => [givenBefore(claimant)].filter((identity) => identity !== undefined),
      ({ read }) => (read.idFrom === 'file' ? identitiesOf(read) : []),
      ({ read }) => identitiesOf(read).slice(0, 1),
      ({ read }) => identitiesOf(read),
    ];
    for (const choices of rounds) {
      for (const claimant of claimants) {
        if (given.has(claimant.key)) continue;
        const identity = choices(claimant).find(({ id }) => this.#isFree(id, claimant.key));
        if (identity === undefined) continue;
        this.#holders.set(identity.id, claimant.key);
        given.set(claimant.key, identity);
      }
    }
    return given;
  }

  #isFree(id: string, key: string): boolean {
    const holder = this.#holders.get(id);
    return holder === undefined || holder === key;
  }
}
