/** The sources that hot reload follows; the fourth, `dynamodb`, is the API itself. */
export const RELOAD_SOURCES = ['s3', 'filesystem', 'api'] as const;
export type ReloadSource = (typeof RELOAD_SOURCES)[number];

/** What a manifest must pass before it serves, in this order (first specification, "Hot Reloading Process"). */
export const VALIDATION_STEPS = [
  'syntax_validation',
  'resource_availability_check',
  'mcp_server_connectivity',
  'tool_permission_verification',
  'conflict_detection',
] as const;
export type ValidationStep = (typeof VALIDATION_STEPS)[number];

/** Ids that a report names of one kind, at most; the count beside them is of all. */
export const MAX_REPORTED_IDS = 100;
