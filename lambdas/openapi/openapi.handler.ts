import { PUBLISHED_SCHEMAS } from '../agents/published-schemas.ts';
import { NotFoundError } from '../shared/errors.ts';
import { apiHandler, type Route } from '../shared/http/api-handler.ts';
import { API_DOCUMENT } from './api-document.ts';
import { OPEN_ROUTES, type OpenRoute } from './contract.ts';

/** What is the same for everybody until the next deployment. */
const PUBLIC = { 'Cache-Control': 'public, max-age=3600' };

const health: Route = async () => ({ status: 200, headers: { 'Cache-Control': 'no-store' }, body: { status: 'ok' } });

const openApi: Route = async () => ({ status: 200, headers: PUBLIC, body: API_DOCUMENT });

const schema: Route = async ({ params }) => {
  const name = (params.name ?? '').replace(/\.json$/, '');
  if (!Object.hasOwn(PUBLISHED_SCHEMAS, name)) throw new NotFoundError(`There is no schema ${name}.`);
  return { status: 200, headers: PUBLIC, body: PUBLISHED_SCHEMAS[name] };
};

const routes: Record<OpenRoute, Route> = {
  'GET /health': health,
  'GET /registry/openapi.json': openApi,
  'GET /registry/schemas/{name}': schema,
};

/** What anybody may ask, and `$default`, whose routes are all unknown: callers whom nobody verified meet no rights. */
export const handler = apiHandler(routes, { allowAnonymous: false, open: OPEN_ROUTES });
