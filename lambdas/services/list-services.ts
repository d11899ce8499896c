import { type Static, Type } from 'typebox';
import { assertKnownParameters, wholeNumberParameter } from '../shared/http/request.ts';
import { ServiceDocument } from './service-document.ts';
import type { ServiceRegistry } from './service-registry.ts';

/** A service as callers see it. */
export const Service = Type.Object(
  {
    ...ServiceDocument.properties,
    origin: Type.String({ description: 'Who declares it, such as a bucket key.' }),
    updatedAt: Type.String({ format: 'date-time' }),
  },
  { title: 'Service', additionalProperties: false },
);
export type Service = Static<typeof Service>;

/** One page of the list. */
export const ServicePage = Type.Object(
  {
    services: Type.Array(Service),
    nextCursor: Type.Optional(Type.String({ description: 'Absent on the last page.' })),
  },
  { title: 'ServicePage', additionalProperties: false },
);
export type ServicePage = Static<typeof ServicePage>;

const LIMIT = { default: 100, min: 1, max: 500 };

/**
 * Lists services in the order of their ids. A page may have fewer than its limit and go on all the same: it is bounded
 * in bytes too.
 *
 * @param query the request's parameters
 * @throws ValidationError for unknown parameters, a limit out of bounds, a changed cursor
 */
export async function listServices(
  registry: ServiceRegistry,
  query: Readonly<Record<string, string>>,
): Promise<ServicePage> {
  assertKnownParameters(query, ['limit', 'cursor']);
  const limit = wholeNumberParameter(query, 'limit', LIMIT);
  const { cursor } = query;
  const { services, nextCursor } = await registry.list({ limit, ...(cursor !== undefined && { cursor }) });
  return {
    services: services.map(({ document, origin, updatedAt }) => ({ ...document, origin, updatedAt })),
    ...(nextCursor !== undefined && { nextCursor }),
  };
}
