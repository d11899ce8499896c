/**
 * Names that the infrastructure (`lib/`) and the capability room share: spelled once, free of SDK and CDK.
 */

/** Routes of the read API, which holds the warm index, as `METHOD /path` keys of the HTTP API. */
export const READ_ROUTES = [
  'GET /registry/agents',
  'GET /registry/agents/{id}',
  'POST /registry/search',
  'GET /registry/stats',
] as const;
export type ReadRoute = (typeof READ_ROUTES)[number];

/** Routes that answer without authorisation. `$default` gives unknown routes their 404 as a problem document. */
export const OPEN_ROUTES = ['GET /health', '$default'] as const;

/**
 * Environment of the read function.
 * `INDEX_MAX_STALENESS_MS`: a warm copy of the index older than this refreshes before it answers.
 */
export const READ_API_ENVIRONMENT = ['TABLE_NAME', 'ALLOW_ANONYMOUS', 'INDEX_MAX_STALENESS_MS'] as const;
