import { assertKnownParameters, wholeNumberParameter } from '../shared/http/request.ts';
import type { ServicePage } from './service-page.ts';
import type { ServiceRegistry } from './service-registry.ts';

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
