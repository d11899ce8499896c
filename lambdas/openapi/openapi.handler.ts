import { NotFoundError } from '../shared/errors.ts';
import { apiHandler, type Route } from '../shared/http/api-handler.ts';
import { OPEN_ROUTES, type OpenRoute } from './contract.ts';

/** What is the same for everybody until the next deployment. */
const PUBLIC = { 'Cache-Control': 'public, max-age=3600' };

const health: Route = async () => ({ status: 200, headers: { 'Cache-Control': 'no-store' }, body: { status: 'ok' } });

/** What `npm run schemas` wrote: the API's document, and the published schemas by their names. Nothing is made here. */
const openapi = () => import('./openapi.json', { with: { type: 'json' } });
const schemas: Readonly<Record<string, () => Promise<{ readonly default: object }>>> = {
  'agent-manifest': () => import('../agents/schemas/agent-manifest.json', { with: { type: 'json' } }),
  'lifecycle-detail': () => import('../agents/schemas/lifecycle-detail.json', { with: { type: 'json' } }),
};

const openApi: Route = async () => ({ status: 200, headers: PUBLIC, body: (await openapi()).default });

const schema: Route = async ({ params }) => {
  const name = (params.name ?? '').replace(/\.json$/, '');
  const published = Object.hasOwn(schemas, name) ? schemas[name] : undefined;
  if (published === undefined) throw new NotFoundError(`There is no schema ${name}.`);
  return { status: 200, headers: PUBLIC, body: (await published()).default };
};

const routes: Record<OpenRoute, Route> = {
  'GET /health': health,
  'GET /registry/openapi.json': openApi,
  'GET /registry/schemas/{name}': schema,
};

/** What anybody may ask, and `$default`, whose routes are all unknown: callers whom nobody verified meet no rights. */
export const handler = apiHandler(routes, { allowAnonymous: false, open: OPEN_ROUTES });
