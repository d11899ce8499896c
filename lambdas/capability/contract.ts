/**
 * Names that the infrastructure (`lib/`) and the capability room share: spelled once, free of SDK and CDK.
 */

/** Routes of the read API, which holds the warm index, as `METHOD /path` keys of the HTTP API. */
export const READ_ROUTES = [
  'GET /registry/agents',
  'GET /registry/agents/{id}',
  'GET /registry/agents/{id}/layers',
  'GET /registry/agents/{id}/health',
  'POST /registry/search',
  'GET /registry/stats',
  'GET /registry/changes',
  'GET /registry/health',
] as const;
export type ReadRoute = (typeof READ_ROUTES)[number];

/** Prefix of the bucket under which base snapshots of the index are kept: immutable objects named by their content. */
export const INDEX_PREFIX = 'index/';

/**
 * Environment of the read function.
 * `INDEX_MAX_STALENESS_MS`: a warm copy of the index older than this refreshes before it answers;
 * `BUCKET_NAME`: where the base snapshots are.
 */
export const READ_API_ENVIRONMENT = ['TABLE_NAME', 'BUCKET_NAME', 'ALLOW_ANONYMOUS', 'INDEX_MAX_STALENESS_MS'] as const;

/** Environment of `index-base`, which writes base snapshots. */
export const INDEX_BASE_ENVIRONMENT = ['TABLE_NAME', 'BUCKET_NAME'] as const;

/** How often `index-base` looks whether a new base is due. */
export const INDEX_BASE_MINUTES = 15;

/** Custom metrics of this room, in the namespace `AgentRegistry`, by the function's `service` dimension. */
export const INDEX_METRICS = {
  /** Milliseconds: how old the copy was when a refresh of the read function had brought it up to date. */
  indexAge: 'IndexAge',
  /** Seconds since the newest base was written; told by `index-base` at every run. */
  baseAge: 'IndexBaseAge',
} as const;
