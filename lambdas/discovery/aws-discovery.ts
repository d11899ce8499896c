/** @file What the discovery function works with on AWS, by its environment and the ambient credentials. */

import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { WriteContext } from '../agents/commit-loop.ts';
import { DynamoAgentStore } from '../agents/dynamo-agent-store.ts';
import { DynamoLease } from '../agents/dynamo-lease.ts';
import { parseMemorySize } from '../agents/memory-size.ts';
import type { DeclaringSource } from '../agents/put-layer.ts';
import { DynamoServiceStore } from '../services/dynamo-service-store.ts';
import { McpHandshakes } from '../services/mcp-handshake.ts';
import { ServiceCache } from '../services/service-cache.ts';
import { ServiceRegistry } from '../services/service-registry.ts';
import { parseAllowedHosts } from '../shared/allowed-hosts.ts';
import { createDocumentClient, createEventBridgeClient } from '../shared/aws-clients.ts';
import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { createGuardedFetch } from '../shared/guarded-fetch.ts';
import { createUlidFactory } from '../shared/ids.ts';
import { metrics } from '../shared/metrics.ts';
import { createS3Client } from '../shared/s3-client.ts';
import { type Authorise, regionOfApi, sigV4 } from '../shared/sig-v4.ts';
import { logger } from '../shared/telemetry.ts';
import { DISCOVERY_ENVIRONMENT, IMPLEMENTATIONS, RELOAD_METRICS, type UNRESOLVED_DEPENDENCIES } from './contract.ts';
import { discoveryRoutes } from './discovery-routes.ts';
import { DynamicAgentLoader, type FollowedSource } from './dynamic-agent-loader.ts';
import { DynamoReloadCounts } from './dynamo-reload-counts.ts';
import { DynamoRemovalCount } from './dynamo-removal-count.ts';
import { announceRejections } from './event-bridge-rejections.ts';
import { FolderManifestSource } from './folder-manifest-source.ts';
import { HotReloadManager, type PollReport } from './hot-reload-manager.ts';
import type { ManifestSource } from './manifest-source.ts';
import { ManifestLoader } from './reading/manifest-loader.ts';
import { RegistryLayers } from './registry-layers.ts';
import { rejectionOf } from './rejection.ts';
import { RemoteRegistrySource } from './remote-registry-source.ts';
import { S3ManifestSource } from './s3-manifest-source.ts';
import { S3SnapshotStore } from './s3-snapshot-store.ts';

const environment = readEnvironment(DISCOVERY_ENVIRONMENT);
const { AGENT_REGISTRY_API_ENDPOINT: remoteRegistry, ALLOWED_HOSTS, LAMBDA_TASK_ROOT = '.' } = process.env;
const table = environment.TABLE_NAME;
const clock = systemClock;
const dynamo = createDocumentClient();
const s3 = createS3Client();
const events = createEventBridgeClient();
const allowedHosts = parseAllowedHosts(ALLOWED_HOSTS);
const guardedFetch = createGuardedFetch({ allowedHosts });
const store = new DynamoAgentStore(dynamo, table);
const services = new ServiceRegistry(new DynamoServiceStore(dynamo, table), clock, allowedHosts);
const knownServices = new ServiceCache(services, clock);
const handshakes = new McpHandshakes({ fetch: guardedFetch, clock });
const loader = new ManifestLoader();

const context: WriteContext = {
  store,
  clock,
  newUlid: createUlidFactory(clock),
  policy: {
    allowedTools: environment.ALLOWED_TOOLS.split(',').map((tool) => tool.trim()),
    maxAgentMemory: parseMemorySize(environment.MAX_AGENT_MEMORY),
    allowedHosts,
  },
};

/** What follows the sources is called so where a change is told; calls of routes have their callers' names. */
const ACTOR = 'hot-reload';

const layersOf = (source: DeclaringSource, actor: string): RegistryLayers =>
  new RegistryLayers({
    context,
    source,
    actor,
    validation: {
      store,
      policy: context.policy,
      findService: (name) => knownServices.find(name),
      handshake: (endpoint) => handshakes.ask(endpoint),
      unresolved: environment.UNRESOLVED_DEPENDENCIES as (typeof UNRESOLVED_DEPENDENCIES)[number],
    },
  });

/** @param pathOf what a manifest would be called as a file: by that the loader knows its kind. Default: its key */
function follow(manifests: ManifestSource, pathOf = (key: string): string => key): FollowedSource {
  const { source } = manifests;
  const snapshots = new S3SnapshotStore({
    client: s3,
    bucket: environment.BUCKET_NAME,
    source,
    onUnusable: (error) => logger.warn('The snapshot of the manifests cannot be read', { source, error }),
  });
  const manager = new HotReloadManager({
    source: manifests,
    snapshots,
    layers: layersOf(source, ACTOR),
    services: knownServices,
    read: (key, content, origin) => loader.load(pathOf(key), content, origin),
    removals: new DynamoRemovalCount(dynamo, table, source),
    clock,
    // A bucket's listing is never older than the bucket (S3 user guide, "consistency model"); another registry's may be.
    secondListing: source === 's3' ? 'at once' : 'next poll',
    announce: async (refused) => {
      logger.warn('Manifests are refused', { source, refused: refused.map(({ key, reason }) => ({ key, reason })) });
      const rejections = refused.map((manifest) => rejectionOf(source, manifest, clock));
      await announceRejections(events, environment.EVENT_BUS_NAME, rejections);
    },
  });
  return { manager, snapshots };
}

/** Another registry on AWS wants signed requests; the function's role says whose. */
function authorisationOf(endpoint: string): Authorise {
  const region = regionOfApi(new URL(endpoint));
  if (region === undefined) return async ({ headers }) => headers;
  return sigV4(region, s3.config.credentials);
}

/** The manifests of the bucket, of which events come beside the polls. */
export const bucket = follow(new S3ManifestSource(s3, environment.BUCKET_NAME));
const bundle = new FolderManifestSource(join(LAMBDA_TASK_ROOT, IMPLEMENTATIONS.bundled), {
  pattern: 'implementations',
  originOf: (key) => `${IMPLEMENTATIONS.bundled}/${key}`,
});

/** All sources together. */
export const agents = new DynamicAgentLoader({
  sources: {
    s3: bucket,
    filesystem: follow(bundle),
    ...(remoteRegistry && {
      api: follow(
        new RemoteRegistrySource({
          endpoint: remoteRegistry,
          fetch: guardedFetch,
          authorise: authorisationOf(remoteRegistry),
        }),
        () => 'manifest.json',
      ),
    }),
  },
  // A poll that is stopped half-way keeps the others waiting for so long.
  lease: new DynamoLease({ client: dynamo, table, name: 'hot-reload', owner: randomUUID(), length: 30_000 }),
  counts: new DynamoReloadCounts(dynamo, table),
  clock,
  pause,
  onPolled,
});

function onPolled(source: string, { outcome, failed, held, changes, error }: PollReport): void {
  if (outcome !== 'failed') metrics.addMetric(RELOAD_METRICS.polls, MetricUnit.Count, 1);
  metrics.addMetric(RELOAD_METRICS.refused, MetricUnit.Count, failed);
  metrics.addMetric(RELOAD_METRICS.held, MetricUnit.Count, held);
  metrics.publishStoredMetrics();
  if (changes.length > 0 || error !== undefined)
    logger.info('Polled', { source, outcome, changes: changes.length, error });
}

/** The routes of the API. */
export const routes = discoveryRoutes({
  loader: agents,
  services,
  fileLayers: (actor) => layersOf('filesystem', actor),
  clock,
});
