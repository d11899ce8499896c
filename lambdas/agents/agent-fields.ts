/** Agent ids: they name keys, paths and log fields (CONTRACT.md). `..` is refused beside this pattern. */
export const ID_PATTERN = '^(?!.*\\.\\.)[a-z0-9][a-z0-9._-]{0,127}$';

/** The largest name, in characters, suffixes included. */
export const MAX_NAME_LENGTH = 128;

/** Values that stand where a client says nothing. */
export const DEFAULTS = {
  type: 'specialist',
  version: '1.0.0',
  operatorMode: 'enabled',
  priority: 5,
  maxConcurrent: 10,
} as const;

const clientFields = [
  'id',
  'name',
  'version',
  'type',
  'operatorMode',
  'capabilities',
  'dependencies',
  'configuration',
  'monitoring',
  'config',
  'capacity',
  'relationships',
  'responseQueue',
  'filePath',
  'conflictResolution',
] as const;

/** The name of something that a client may set. The compiler holds the schema's names against it. */
export type ClientField = (typeof clientFields)[number];

/** Names of everything that a client may set. */
export const CLIENT_FIELDS: readonly string[] = clientFields;

/** Fields of the agent that only the registry writes: a client that sends one is told so. */
export const SERVER_FIELDS: ReadonlySet<string> = new Set([
  'revision',
  'owner',
  'health',
  'status',
  'state',
  'capacity.current',
  'metrics',
  'resources',
  'performance',
  'lastHealthCheck',
  'createdAt',
  'lastModified',
  'lastActivity',
]);
