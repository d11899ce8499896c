import { validateAgentId } from '../agents/agent-id.ts';
import { parseLayerCondition } from '../agents/layer-tag.ts';
import type { Json } from '../agents/merge.ts';
import { toContractNames } from '../agents/spec-names.ts';
import { listServices } from '../services/list-services.ts';
import type { ServiceRegistry } from '../services/service-registry.ts';
import type { Clock } from '../shared/clock.ts';
import { NotFoundError, ValidationError } from '../shared/errors.ts';
import type { Route } from '../shared/http/api-handler.ts';
import { assertKnownParameters } from '../shared/http/request.ts';
import { toValidator } from '../shared/validator.ts';
import { type DiscoveryRoute, IMPLEMENTATIONS } from './contract.ts';
import type { DynamicAgentLoader } from './dynamic-agent-loader.ts';
import { layerRequest } from './layer-request.generated.ts';
import type { LayerAnswer, LayerRequest } from './layer-request.ts';
import type { RegistryLayers } from './registry-layers.ts';
import { reloadRequest } from './reload-request.generated.ts';
import type { ReloadRequest } from './reload-status.ts';

/** What the routes work with. */
export interface RoutePorts {
  readonly loader: DynamicAgentLoader;
  readonly services: ServiceRegistry;
  /** The layers of files, as this caller writes them. */
  readonly fileLayers: (actor: string) => RegistryLayers;
  readonly clock: Clock;
}

/** Milliseconds that a reload may go on before it is answered: the gateway gives up after 30 s. */
const RELOAD_MS = 20_000;

const parseLayer = toValidator<LayerRequest>(layerRequest);
const parseReload = toValidator<ReloadRequest>(reloadRequest);

/** @throws ValidationError where the document is another agent's */
function assertOwnId(document: Json, id: string): void {
  if (document.id === undefined || document.id === id) return;
  throw ValidationError.of('document.id', 'path', `must be ${id}, as in the path, or be left out`);
}

/** What is bundled with the function only a deployment changes: taken away by a call, it would not come back. */
function assertNotBundled(origin: string): void {
  if (!origin.startsWith(`${IMPLEMENTATIONS.bundled}/`)) return;
  throw ValidationError.of(
    'origin',
    'reserved',
    `${IMPLEMENTATIONS.bundled}/ are the agents that the registry brings along`,
  );
}

/** The routes of the discovery function (CONTRACT.md's manners; the first and second specification's hot reload). */
export function discoveryRoutes({ loader, services, fileLayers, clock }: RoutePorts): Record<DiscoveryRoute, Route> {
  const reload: Route = async ({ body, query }) => {
    assertKnownParameters(query, []);
    // Confirming is not made to wait for what is looked at again: many warnings are the rule.
    const { confirmRemovals = false } = parseReload(body);
    const deadline = clock.now() + RELOAD_MS;
    return { status: 200, body: await loader.reload({ confirmRemovals, retry: !confirmRemovals, deadline }) };
  };

  const status: Route = async ({ query }) => {
    assertKnownParameters(query, []);
    return { status: 200, body: await loader.status() };
  };

  const putLayer: Route = async ({ params, body, headers, query, principal }) => {
    assertKnownParameters(query, []);
    const id = validateAgentId(params.id);
    const condition = parseLayerCondition(headers);
    const { origin, movedFrom, document: sent } = parseLayer(body);
    const document = toContractNames(sent) as Json;
    assertOwnId(document, id);
    assertNotBundled(origin);
    if (movedFrom !== undefined) assertNotBundled(movedFrom);
    const layer = { id, origin, document, ...(movedFrom !== undefined && { movedFrom }) };
    const put = await fileLayers(principal).lay(layer, condition);
    const answer: LayerAnswer = {
      outcome: put.outcome,
      agent: put.outcome === 'dismissed' ? null : put.agent,
      warnings: put.warnings.map(({ field, rule, message }) => ({ field, rule, message })),
    };
    return { status: 200, body: answer };
  };

  const removeLayer: Route = async ({ params, headers, query, principal }) => {
    assertKnownParameters(query, ['origin']);
    const id = validateAgentId(params.id);
    const { origin } = query;
    if (!origin) throw ValidationError.of('origin', 'required', 'is required: the file that the layer is of');
    assertNotBundled(origin);
    const removed = await fileLayers(principal).takeAway({ id, origin }, parseLayerCondition(headers));
    if (removed === 'absent') throw new NotFoundError(`No file says anything of an agent ${id}.`);
    return { status: 204 };
  };

  return {
    'GET /registry/reload': status,
    'POST /registry/reload': reload,
    'PUT /registry/agents/{id}/layers/filesystem': putLayer,
    'DELETE /registry/agents/{id}/layers/filesystem': removeLayer,
    'GET /registry/services': async ({ query }) => ({ status: 200, body: await listServices(services, query) }),
  };
}
