/**
 * Names that the infrastructure (`lib/`) and the discovery room share: spelled once, free of SDK and CDK.
 */

/** Routes of the discovery function, as `METHOD /path` keys of the HTTP API. */
export const DISCOVERY_ROUTES = [
  'GET /registry/reload',
  'POST /registry/reload',
  'PUT /registry/agents/{id}/layers/filesystem',
  'DELETE /registry/agents/{id}/layers/filesystem',
  'GET /registry/services',
] as const;
export type DiscoveryRoute = (typeof DISCOVERY_ROUTES)[number];

/** Where users put manifests in the bucket: of agents `{id}/manifest.json`, of services `{id}/server.json` or `service.json`. */
export const MANIFEST_PREFIX = 'manifests/';

/** Where hot reload keeps what it knows of them: one object for each source. */
export const RELOAD_PREFIX = 'reload/';

/** Folder of the agents that are bundled with the function, from the project's root and within the bundle. */
export const IMPLEMENTATIONS = { folder: 'lambdas/discovery/implementations', bundled: 'implementations' } as const;

/** Seconds between two polls (second specification, "Hot Reload"): a rule each minute and a queue half a minute behind. */
export const POLL_SECONDS = 30;

/** Input of a scheduled poll, sent to the function directly and through the queue. */
export const SCHEDULED_POLL = { trigger: 'schedule' } as const;

/** `DetailType` of what says that a manifest was refused. What it would have changed goes on as it was. */
export const MANIFEST_REJECTED = 'ManifestRejected';

/** What happens when an agent depends on something that is not there: it is told, or the agent is refused. */
export const UNRESOLVED_DEPENDENCIES = ['warn', 'refuse'] as const;

/**
 * Environment of the discovery function. `ALLOWED_TOOLS` and `MAX_AGENT_MEMORY` as in the write function;
 * `UNRESOLVED_DEPENDENCIES` is one of {@link UNRESOLVED_DEPENDENCIES}.
 */
export const DISCOVERY_ENVIRONMENT = [
  'TABLE_NAME',
  'BUCKET_NAME',
  'EVENT_BUS_NAME',
  'ALLOW_ANONYMOUS',
  'ALLOWED_TOOLS',
  'MAX_AGENT_MEMORY',
  'UNRESOLVED_DEPENDENCIES',
] as const;

/**
 * What the discovery function may be given beside: `ALLOWED_HOSTS` names hosts, comma-separated, that may be reached by
 * http and under private addresses; `AGENT_REGISTRY_API_ENDPOINT` is the address of another registry that feeds this one.
 */
export const DISCOVERY_OPTIONS = ['ALLOWED_HOSTS', 'AGENT_REGISTRY_API_ENDPOINT'] as const;

/** Custom metrics of this room, in the namespace `AgentRegistry`, by the function's `service` dimension. */
export const RELOAD_METRICS = {
  /** Count: polls of a source that came to their end. */
  polls: 'PollsCompleted',
  /** Count: manifests that are refused, at the end of a poll. */
  refused: 'ManifestsRefused',
  /** Count: agents whose removal is held until somebody confirms it. */
  held: 'RemovalsHeld',
} as const;
