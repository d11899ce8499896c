/**
 * Names that the infrastructure (`lib/`) and the health room share: spelled once, free of SDK and CDK.
 */

/** Routes of the function that takes heartbeats, as `METHOD /path` keys of the HTTP API. */
export const HEALTH_ROUTES = [
  'POST /registry/agents/{id}/heartbeat',
  'POST /registry/heartbeats',
  'POST /registry/health/override',
] as const;
export type HealthRoute = (typeof HEALTH_ROUTES)[number];

/** How agents can be checked (second specification, "Health Monitoring"); each way is a function of its own. */
export const CHECK_KINDS = ['http', 'lambda', 'ecs'] as const;
export type CheckKind = (typeof CHECK_KINDS)[number];

/** Seconds between two rounds of the checks of HTTP endpoints and ECS services: a rule each minute, a queue half a minute behind. */
export const ROUND_SECONDS = 30;

/** Seconds between two checks of one Lambda function at least: the control plane is the whole account's. */
export const LAMBDA_CHECK_SECONDS = 300;

/** Seconds between two sweeps of the leases. */
export const SWEEP_SECONDS = 60;

/** Input of a scheduled round or sweep. */
export const SCHEDULED_ROUND = { trigger: 'schedule' } as const;

/** Environment of the function that takes heartbeats. */
export const HEALTH_API_ENVIRONMENT = ['TABLE_NAME', 'ALLOW_ANONYMOUS'] as const;

/** Environment of each checking function and of the sweep. */
export const ROUND_ENVIRONMENT = ['TABLE_NAME'] as const;

/** Environment of the checking functions that ask AWS: they ask about their own account alone. */
export const AWS_CHECK_ENVIRONMENT = [...ROUND_ENVIRONMENT, 'ACCOUNT_ID'] as const;

/**
 * What the checking functions may be given beside. `ALLOWED_HOSTS`: hosts, comma-separated, that may be asked by http and
 * under private addresses. `CHECKED_FUNCTIONS`: names of Lambda functions, comma-separated, whole or as `beginning*`;
 * `CHECKED_SERVICES`: ECS services as `cluster/service` or `cluster/*`. What they do not name is never asked about.
 */
export const ROUND_OPTIONS = ['ALLOWED_HOSTS', 'CHECKED_FUNCTIONS', 'CHECKED_SERVICES'] as const;

/** Custom metrics of this room, in the namespace `AgentRegistry`, by the function's `service` dimension. */
export const HEALTH_METRICS = {
  /** Count, of each checking function: results that were failures, in a round. */
  failed: 'ChecksFailed',
  /** Seconds, of the sweep: since the oldest of the newest rounds and sweeps came to its end. */
  age: 'HealthAge',
  /** Count, of the sweep: changes of health that are held back, because too many come at once or a checker suspects itself. */
  held: 'HealthHeld',
} as const;
