import type { Json } from '../../agents/merge.ts';
import { SERVICE_FIELDS } from '../../services/service-fields.ts';
import { validateServiceDocument } from '../../services/validate-service.ts';
import { ValidationError } from '../../shared/errors.ts';
import { assertStrictJson } from '../../shared/strict-json.ts';
import { breaking, type ReadDocument } from './read-document.ts';
import { slugOf } from './slug.ts';

/**
 * Whether a JSON document declares a service that is no MCP server: by the name of its file, and because it says nothing
 * but what is said of services. Others call all kinds of things `service.json`.
 */
export const isService = (path: string, { $schema: _, ...document }: Json): boolean =>
  /(^|\/)service\.json$/.test(path) &&
  Object.hasOwn(document, 'name') &&
  Object.keys(document).every((field) => SERVICE_FIELDS.includes(field));

/** A service that agents depend on: a `ServiceDocument`, of which only the name is needed. */
export function readService(
  { $schema: _, ...document }: Json,
  lineOf: (field: string) => number | undefined,
): ReadDocument {
  const id = typeof document.name === 'string' && { id: slugOf(document.name) };
  try {
    assertStrictJson(document);
    const defaults = { ...id, kind: 'service', endpoints: [], packages: [], requires: [] };
    return { verdict: 'service', service: validateServiceDocument({ ...defaults, ...document }) };
  } catch (error) {
    if (error instanceof ValidationError) return breaking(error, lineOf);
    throw error;
  }
}
