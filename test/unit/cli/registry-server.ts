import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { getLayers } from '../../../lambdas/agents/agent-layers.ts';
import { deregisterAgent } from '../../../lambdas/agents/deregister-agent.ts';
import { discoveryRoutes } from '../../../lambdas/discovery/discovery-routes.ts';
import type { DynamicAgentLoader, ReloadOptions } from '../../../lambdas/discovery/dynamic-agent-loader.ts';
import { RegistryLayers } from '../../../lambdas/discovery/registry-layers.ts';
import type { ReloadReport, ReloadStatus } from '../../../lambdas/discovery/reload-status.ts';
import type { ValidationPorts } from '../../../lambdas/discovery/validate-manifest.ts';
import { ServiceRegistry } from '../../../lambdas/services/service-registry.ts';
import { problemResponse } from '../../../lambdas/shared/http/problem.ts';
import type { ApiResponse } from '../../../lambdas/shared/http/request.ts';
import { aContext, type TestContext } from '../../support/agents.ts';
import { served, servingIds } from '../../support/hot-reload.ts';
import { MemoryServiceStore } from '../../support/memory-service-store.ts';

/** A registry in memory behind its real routes of layers and reloads, on this machine. */
export interface RegistryServer extends AsyncDisposable {
  readonly url: string;
  readonly context: TestContext;
  /** Every request that was not a GET, as `METHOD path`. */
  readonly writes: string[];
  /** Every request. */
  readonly requests: string[];
  /** What is answered instead, while it is set: 503 asks to try again at once. */
  status: number | undefined;
  /** Ids of the agents that serve, sorted. */
  ids(): Promise<string[]>;
  agent(id: string): ReturnType<typeof served>;
  deregister(id: string): Promise<unknown>;
}

export interface RegistryServerOptions {
  readonly validation?: Partial<ValidationPorts>;
  readonly reload?: (options: Partial<ReloadOptions>) => ReloadReport;
  readonly status?: () => ReloadStatus;
}

const LAYERS = /^\/registry\/agents\/([^/]+)\/layers(\/filesystem)?$/;

const unexpected = (): never => {
  throw new Error('Nobody expected this call');
};

export async function registryServer(options: RegistryServerOptions = {}): Promise<RegistryServer> {
  const context = aContext();
  const validation: ValidationPorts = {
    store: context.store,
    policy: context.policy,
    findService: async () => undefined,
    handshake: async () => ({ alive: true }),
    unresolved: 'warn',
    ...options.validation,
  };
  const { reload = unexpected, status = unexpected } = options;
  const loader = {
    reload: async (options: ReloadOptions) => reload(options),
    status: async () => status(),
  } as unknown as DynamicAgentLoader;
  const routes = discoveryRoutes({
    loader,
    services: new ServiceRegistry(new MemoryServiceStore(), context.clock),
    fileLayers: (actor) => new RegistryLayers({ context, validation, source: 'filesystem', actor }),
    clock: context.clock,
  });

  async function answer(request: IncomingMessage): Promise<ApiResponse> {
    const url = new URL(request.url ?? '', 'http://registry');
    const sent = await text(request);
    const body: unknown = sent === '' ? {} : JSON.parse(sent);
    const headers = request.headers as Record<string, string>;
    const [, id = '', own = ''] = LAYERS.exec(url.pathname) ?? [];
    if (request.method === 'GET' && id !== '') {
      return { status: 200, body: await getLayers(context.store, decodeURIComponent(id)) };
    }
    const path = id === '' ? url.pathname : `/registry/agents/{id}/layers${own}`;
    const route = routes[`${request.method} ${path}` as keyof typeof routes];
    const params = { id: decodeURIComponent(id) };
    return route({ params, query: Object.fromEntries(url.searchParams), headers, body, principal: 'tester' });
  }

  const server = createServer(async (request, response) => {
    const line = `${request.method} ${request.url}`;
    registry.requests.push(line);
    if (registry.status !== undefined) {
      response.writeHead(registry.status, { 'retry-after': '0' }).end('{"message":"by the test"}');
      return;
    }
    if (request.method !== 'GET') registry.writes.push(line);
    try {
      const { status: code, body } = await answer(request);
      response.writeHead(code).end(body === undefined ? undefined : JSON.stringify(body));
    } catch (error) {
      const { statusCode = 500, body } = problemResponse(error, line, 'test');
      response.writeHead(statusCode).end(body);
    }
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const registry: RegistryServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    context,
    writes: [],
    requests: [],
    status: undefined,
    ids: () => servingIds(context),
    agent: (id) => served(context, id),
    deregister: (id) => deregisterAgent(context, { id, actor: 'tester' }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
  return registry;
}
