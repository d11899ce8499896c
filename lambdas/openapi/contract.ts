/**
 * Names that the infrastructure (`lib/`) and the openapi room share: spelled once, free of SDK and CDK.
 */

/**
 * Routes that answer without authorisation, as keys of the HTTP API. Their function may use nothing: neither table nor
 * bucket. `$default` gives unknown routes their 404 as a problem document.
 */
export const OPEN_ROUTES = [
  'GET /health',
  'GET /registry/openapi.json',
  'GET /registry/schemas/{name}',
  '$default',
] as const;
export type OpenRoute = Exclude<(typeof OPEN_ROUTES)[number], '$default'>;
