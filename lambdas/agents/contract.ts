/**
 * Names that the infrastructure (`lib/`) and the agents room share: spelled once, free of SDK and CDK.
 */

/** The registry table (shared/ARCHITECTURE, "One table, one change log"). */
export const TABLE = {
  partitionKey: 'pk',
  sortKey: 'sk',
  /** Epoch seconds; DynamoDB deletes later than this, so readers check it themselves. */
  timeToLive: 'expiresAt',
} as const;

/** Sparse index that lists every living agent's head, for cold starts and repair. */
export const HEADS_INDEX = {
  name: 'heads',
  partitionKey: 'shard',
  sortKey: 'pk',
  nonKeyAttributes: ['digest'],
} as const;

/** Partition of the registry's singletons: small status items, such as the pointer to the newest base. */
export const REGISTRY_PARTITION = 'REGISTRY';

/** Partition of the change log; the stream of the table is filtered to inserts into it. */
export const CHANGE_PARTITION = 'CHANGE';

/** EventBridge `Source` of everything the registry announces. */
export const EVENT_SOURCE = 'agent-registry';

/** EventBridge `DetailType`s, by the specification's names ("EventBridge Integration"). */
export const DETAIL_TYPES = ['AgentRegistered', 'AgentUpdated', 'AgentUnregistered', 'AgentStatusUpdated'] as const;
export type DetailType = (typeof DETAIL_TYPES)[number];

/** Routes of the write API, as `METHOD /path` keys of the HTTP API. */
export const WRITE_ROUTES = [
  'POST /registry/agents',
  'PUT /registry/agents/{id}',
  'DELETE /registry/agents/{id}',
] as const;
export type WriteRoute = (typeof WRITE_ROUTES)[number];

/**
 * Environment of the write function.
 * `ALLOW_ANONYMOUS` is `true` only where no authoriser stands before the function (the local stack);
 * `ALLOWED_TOOLS` is a comma-separated list of tool names that agents may declare, or `*`;
 * `MAX_AGENT_MEMORY` is the largest `config.resourceLimit`, such as `56gb`.
 */
export const WRITE_API_ENVIRONMENT = ['TABLE_NAME', 'ALLOW_ANONYMOUS', 'ALLOWED_TOOLS', 'MAX_AGENT_MEMORY'] as const;

/**
 * What the write function may be given beside: `ALLOWED_HOSTS` names hosts, comma-separated, that documents may refer to
 * by http and under private addresses.
 */
export const WRITE_API_OPTIONS = ['ALLOWED_HOSTS'] as const;

/** Environment of `change-stream`. `TABLE_NAME`: where it appends late changes again. */
export const CHANGE_STREAM_ENVIRONMENT = ['EVENT_BUS_NAME', 'TABLE_NAME'] as const;

/** Custom metrics of this room, in the namespace `AgentRegistry`, by the function's `service` dimension. */
export const CHANGE_METRICS = {
  /** Count: changes announced on the bus. */
  published: 'ChangesPublished',
  /** Count: changes whose id lagged their commit, and which were appended again. */
  late: 'LateChanges',
} as const;
