import { isoTime } from '../shared/clock.ts';
import { TooLargeError } from '../shared/errors.ts';
import { configuredPart, describeAgent } from './agent.ts';
import { normaliseName } from './agent-name.ts';
import { type AgentRecord, type Dismissed, type Head, isLiving, type Layer, type Source } from './agent-record.ts';
import type { Commit } from './agent-store.ts';
import type { Agent } from './agent-view.ts';
import { changedFields } from './changed-fields.ts';
import type { DetailType } from './contract.ts';
import { digestOf } from './digest.ts';
import { documentHash } from './layer-tag.ts';
import type { Health } from './status.ts';

/** Largest document of one layer, and of all layers merged, in bytes: a DynamoDB item holds 400 KB. */
export const MAX_LAYER_BYTES = 256 * 1024;
export const MAX_MERGED_BYTES = 350 * 1024;

/** Who changes what, when and why. */
export interface Cause {
  readonly actor: string;
  readonly reason: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** ULID of the log entry; it sorts behind the agent's newest one. */
  readonly changeId: string;
}

/** An agent as it shall be. */
export interface Draft {
  readonly id: string;
  /** The agent or tombstone as it was read; `undefined` where there was neither. */
  readonly before: AgentRecord | undefined;
  /** The name that it is given. */
  readonly name: string;
  readonly layers: readonly Layer[];
  /** Left out: stays, or `unknown` for a new one. */
  readonly health?: Health;
  /** A source that has fallen silent: it is no longer remembered as dismissed. Default: none. */
  readonly silent?: Source;
}

/** A commit, the agent that it makes, and what it changes in one that lived before. */
export interface Built {
  readonly commit: Commit;
  readonly agent: Agent;
  readonly changedFields: readonly string[];
}

/** @throws TooLargeError when a layer, or all of them together, would not fit the table. */
function assertFits(layers: readonly Layer[]): void {
  const bytes = (value: unknown) => Buffer.byteLength(JSON.stringify(value));
  const sizes = layers.map(({ document, removed }) => bytes(document) + (removed.length > 0 ? bytes(removed) : 0));
  if (sizes.some((size) => size > MAX_LAYER_BYTES)) {
    throw new TooLargeError(`An agent's document may have at most ${MAX_LAYER_BYTES} bytes.`);
  }
  // The parts bound the merge from above, so the merge itself need not be measured.
  if (sizes.reduce((sum, size) => sum + size, 0) > MAX_MERGED_BYTES) {
    throw new TooLargeError(`All sources of an agent together may say at most ${MAX_MERGED_BYTES} bytes.`);
  }
}

/** What stays dismissed: a source that says something of the agent is kept out no longer. */
function dismissedOf(before: AgentRecord | undefined, speaking: readonly Source[]): { dismissed?: Dismissed } {
  const kept = Object.entries(before?.head.dismissed ?? {}).filter(([source]) => !speaking.includes(source as Source));
  return kept.length === 0 ? {} : { dismissed: Object.fromEntries(kept) };
}

function headOf({ id, before, name, health, layers, silent }: Draft, { actor, now, changeId }: Cause): Head {
  const living = isLiving(before) ? before.head : undefined;
  const known = living?.health ?? 'unknown';
  return {
    id,
    revision: (before?.head.revision ?? 0) + 1,
    name,
    health: health ?? known,
    healthSince: living && (health ?? known) === known ? living.healthSince : isoTime(now),
    owner: living?.owner ?? actor,
    createdAt: living?.createdAt ?? isoTime(now),
    lastModified: isoTime(now),
    changeId,
    incarnation: living?.incarnation ?? changeId,
    deleted: false,
    ...dismissedOf(before, [...layers.map(({ source }) => source), ...(silent ? [silent] : [])]),
  };
}

const typeOf = (before: Agent | undefined, after: Agent): DetailType => {
  if (before === undefined) return 'AgentRegistered';
  return before.health === after.health ? 'AgentUpdated' : 'AgentStatusUpdated';
};

function differences(before: Agent | undefined, after: Agent): string[] {
  if (before === undefined) return [];
  const health = before.health === after.health ? [] : ['health'];
  return [...changedFields(configuredPart(before), configuredPart(after)), ...health];
}

/** The names that change hands between what a living agent held and what it shall hold. */
function nameClaims(before: AgentRecord | undefined, name: string): Pick<Commit, 'claimName' | 'releaseName'> {
  const held = isLiving(before) ? normaliseName(before.head.name) : undefined;
  const wanted = normaliseName(name);
  if (held === wanted) return {};
  return { claimName: wanted, ...(held !== undefined && { releaseName: held }) };
}

/**
 * The one transaction that makes a draft true: head, layers, name and log entry, and a place for the beats of a new life.
 *
 * @throws TooLargeError, ValidationError when the agent does not fit its bounds
 */
export function buildCommit(draft: Draft, cause: Cause): Built {
  const { id, before, layers, name } = draft;
  assertFits(layers);
  const head = headOf(draft, cause);
  const agent = describeAgent({ head, layers });
  const previous = isLiving(before) ? describeAgent(before) : undefined;
  const fields = differences(previous, agent);
  const digest = digestOf(agent);
  const stored = before?.layers ?? [];
  const commit: Commit = {
    head,
    expected: before?.head,
    digest,
    putLayers: layers.filter((layer) => !stored.includes(layer)),
    deleteLayers: stored
      .filter(({ source }) => !layers.some((layer) => layer.source === source))
      .map(({ source }) => source),
    ...nameClaims(before, name),
    ...(before?.head.incarnation !== head.incarnation && { beat: { incarnation: head.incarnation } }),
    change: {
      id: cause.changeId,
      agentId: id,
      revision: head.revision,
      type: typeOf(previous, agent),
      at: head.lastModified,
      actor: cause.actor,
      reason: cause.reason,
      changedFields: fields,
      digest,
    },
  };
  return { commit, agent, changedFields: fields };
}

/** Why an agent goes: a call dismissed it, or the last of its sources has nothing more to say of it. */
export type Farewell = { readonly dismissed: true } | { readonly silent: Source };

/** What a tombstone remembers: what its layers said, where a call took it away, so that they do not bring it back. */
function remembered(before: AgentRecord, farewell: Farewell): { dismissed?: Dismissed } {
  if ('silent' in farewell) return dismissedOf(before, [farewell.silent]);
  const declared = before.layers.filter(({ source }) => source !== 'dynamodb');
  const hashes = declared.map(({ source, document }) => [source, documentHash(document)]);
  const dismissed = { ...before.head.dismissed, ...Object.fromEntries(hashes) };
  return Object.keys(dismissed).length === 0 ? {} : { dismissed };
}

/**
 * The transaction that takes an agent away: a tombstone at revision + 1, no layers, no beat, the name free again. Of a tombstone
 * it makes the next one, which is how it forgets that a source was dismissed.
 */
export function buildRemoval(before: AgentRecord, cause: Cause, farewell: Farewell = { dismissed: true }): Commit {
  const revision = before.head.revision + 1;
  const digest = { ...digestOf(describeAgent(before)), revision };
  const at = isoTime(cause.now);
  const { dismissed: _, ...head } = before.head;
  return {
    head: {
      ...head,
      revision,
      lastModified: at,
      changeId: cause.changeId,
      deleted: true,
      ...remembered(before, farewell),
    },
    expected: before.head,
    digest,
    putLayers: [],
    deleteLayers: before.layers.map(({ source }) => source),
    // A tombstone's name may be somebody else's by now.
    ...(isLiving(before) && { releaseName: normaliseName(before.head.name), beat: null }),
    change: {
      id: cause.changeId,
      agentId: before.head.id,
      revision,
      type: 'AgentUnregistered',
      at,
      actor: cause.actor,
      reason: cause.reason,
      changedFields: [],
      digest,
    },
  };
}
