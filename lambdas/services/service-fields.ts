const serviceFields = [
  'id',
  'name',
  'kind',
  'version',
  'title',
  'description',
  'endpoints',
  'packages',
  'requires',
  'status',
  'repository',
] as const;

/** The name of something that is said of a service. The compiler holds the schema's names against it. */
export type ServiceField = (typeof serviceFields)[number];

/** Names of everything that may be said of a service. */
export const SERVICE_FIELDS: readonly string[] = serviceFields;
