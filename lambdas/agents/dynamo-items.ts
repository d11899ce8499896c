import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { timeOfUlid } from '../shared/ids.ts';
import { type Head, type Layer, SOURCES, type Source } from './agent-record.ts';
import type { Idempotency, StoredOutcome } from './agent-store.ts';
import { CHANGE_DAYS, type Change } from './change.ts';
import { CHANGE_PARTITION, REGISTRY_PARTITION } from './contract.ts';
import type { AgentDigest } from './digest-schema.ts';

/** An item or key as the document client takes it. */
export type Item = Record<string, unknown>;

/** Partitions of the `heads` index: enough that a cold start reads them side by side, few enough for a small fleet. */
export const HEAD_SHARDS = 8;

/** The n-th partition of the `heads` index. */
export const headShard = (n: number): string => `heads#${n}`;

const shardOf = (id: string): string => headShard((createHash('sha256').update(id).digest()[0] ?? 0) % HEAD_SHARDS);

/** Keys of the table (ARCHITECTURE, "One table, one change log"). */
export const keys = {
  agent: (id: string) => `AGENT#${id}`,
  head: (id: string) => ({ pk: `AGENT#${id}`, sk: 'HEAD' }),
  layer: (id: string, source: Source) => ({ pk: `AGENT#${id}`, sk: `LAYER#${SOURCES.indexOf(source) + 1}#${source}` }),
  name: (normalised: string) => ({ pk: `NAME#${normalised}`, sk: 'NAME' }),
  idempotency: (hash: string) => ({ pk: `IDEM#${hash}`, sk: 'IDEM' }),
  change: (id: string) => ({ pk: CHANGE_PARTITION, sk: id }),
  // A partition of its own: IAM confines an agent to its beat by the partition's key, and knows no condition on the other.
  beat: (id: string) => ({ pk: `LIVENESS#${id}`, sk: 'BEAT' }),
  /** A page of check results, of so many pages. */
  checkPage: (kind: string, pages: number, page: number) => ({ pk: `CHECKS#${kind}#${pages}-${page}`, sk: 'PAGE' }),
  /** A singleton. */
  registry: (name: string) => ({ pk: REGISTRY_PARTITION, sk: name }),
};

const seconds = (milliseconds: number): number => Math.ceil(milliseconds / 1000);

/** A tombstone has no shard: the sparse index lists the living. */
export function headItem(head: Head, digest: AgentDigest): Item {
  const { deleted, ...rest } = head;
  const living = { shard: shardOf(head.id), digest: JSON.stringify(digest) };
  return { ...keys.head(head.id), ...rest, ...(deleted ? { deleted } : living) };
}

export function toHead(item: Item): Head {
  const { pk: _pk, sk: _sk, shard: _shard, digest: _digest, ...head } = item;
  return { ...(head as unknown as Head), deleted: head.deleted === true };
}

/**
 * A layer's document is kept as JSON text: it comes back as it was parsed (doubles beyond DynamoDB's range, empty
 * keys, deep nesting: DynamoDB's own maps end at 32 levels), and its size in bytes is what the limits speak of.
 */
export const layerItem = (id: string, { source, origin, updatedAt, document, removed }: Layer): Item => ({
  ...keys.layer(id, source),
  source,
  origin,
  updatedAt,
  document: JSON.stringify(document),
  removed: JSON.stringify(removed),
});

export const toLayer = ({ source, origin, updatedAt, document, removed }: Item): Layer =>
  ({
    source,
    origin,
    updatedAt,
    document: JSON.parse(document as string),
    removed: JSON.parse(removed as string),
  }) as Layer;

export const changeItem = (change: Change): Item => ({
  ...keys.change(change.id),
  ...change,
  digest: JSON.stringify(change.digest),
  expiresAt: seconds(timeOfUlid(change.id)) + CHANGE_DAYS * 24 * 60 * 60,
});

function parsedDigest(id: unknown, digest: unknown): AgentDigest {
  try {
    return JSON.parse(digest as string);
  } catch (cause) {
    throw new Error(`Entry ${id} of the change log cannot be read.`, { cause });
  }
}

/** @throws Error that names an entry whose digest is no JSON */
export function toChange(item: Item): Change {
  const { id, agentId, revision, type, at, actor, reason, changedFields, digest, copyOf } = item;
  return {
    ...({ id, agentId, revision, type, at, actor, reason, changedFields } as Omit<Change, 'digest'>),
    digest: parsedDigest(id, digest),
    ...(copyOf !== undefined && { copyOf: copyOf as string }),
  };
}

/** The body is compressed: an agent of 1.5 KB then takes one write unit instead of two. */
export const idempotencyItem = ({ keyHash, requestHash, status, headers, body, expiresAt }: Idempotency): Item => ({
  ...keys.idempotency(keyHash),
  requestHash,
  status,
  headers,
  body: gzipSync(body),
  expiresAt: seconds(expiresAt),
});

export const toOutcome = ({ requestHash, status, headers, body }: Item): StoredOutcome =>
  ({ requestHash, status, headers, body: gunzipSync(body as Uint8Array).toString() }) as StoredOutcome;
