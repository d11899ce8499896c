import agentManifest from '../agents/schemas/agent-manifest.json' with { type: 'json' };
import lifecycleDetail from '../agents/schemas/lifecycle-detail.json' with { type: 'json' };
import { NotFoundError } from '../shared/errors.ts';
import { apiHandler, type Route } from '../shared/http/api-handler.ts';
import { OPEN_ROUTES, type OpenRoute } from './contract.ts';
import openapi from './openapi.json' with { type: 'json' };

/** What is the same for everybody until the next deployment. */
const PUBLIC = { 'Cache-Control': 'public, max-age=3600' };

const health: Route = async () => ({ status: 200, headers: { 'Cache-Control': 'no-store' }, body: { status: 'ok' } });

const openApi: Route = async () => ({ status: 200, headers: PUBLIC, body: openapi });

/** The published schemas by their names, and the document, as `npm run schemas` wrote them: a start makes none. */
const schemas: Readonly<Record<string, object>> = {
  'agent-manifest': agentManifest,
  'lifecycle-detail': lifecycleDetail,
};

const schema: Route = async ({ params }) => {
  const name = (params.name ?? '').replace(/\.json$/, '');
  if (!Object.hasOwn(schemas, name)) throw new NotFoundError(`There is no schema ${name}.`);
  return { status: 200, headers: PUBLIC, body: schemas[name] };
};

const routes: Record<OpenRoute, Route> = {
  'GET /health': health,
  'GET /registry/openapi.json': openApi,
  'GET /registry/schemas/{name}': schema,
};

/** What anybody may ask, and `$default`, whose routes are all unknown: callers whom nobody verified meet no rights. */
export const handler = apiHandler(routes, { allowAnonymous: false, open: OPEN_ROUTES });
