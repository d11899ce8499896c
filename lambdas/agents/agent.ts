import { createHash } from 'node:crypto';
import { DEFAULTS } from './agent-fields.ts';
import type { AgentRecord, Layer } from './agent-record.ts';
import type { AgentDocument } from './agent-schema.ts';
import type { Agent } from './agent-view.ts';
import { type Json, mergeLayers } from './merge.ts';
import { deriveStatus } from './status.ts';

/**
 * The effective document of validated layers: what every source together says, under the name it asks for.
 * Not yet what callers see; {@link describeAgent} adds what the registry knows.
 */
export const effectiveDocument = (layers: readonly Layer[]): AgentDocument =>
  // Every write validates the merge of all layers as a whole, so what is stored is a document.
  mergeLayers(layers) as unknown as AgentDocument;

function describeDocument(document: AgentDocument) {
  return {
    type: document.type ?? DEFAULTS.type,
    version: document.version ?? DEFAULTS.version,
    operatorMode: document.operatorMode ?? DEFAULTS.operatorMode,
    capabilities: { core: [], enhancements: [], domains: [], actions: [], ...document.capabilities },
    dependencies: { services: [], agents: [], ...document.dependencies },
    configuration: { environment: {}, features: {}, limits: {}, ...document.configuration },
    monitoring: { metrics: [], ...document.monitoring },
    config: { priority: DEFAULTS.priority, ...document.config },
    relationships: {
      parentAgent: null,
      childAgents: [],
      templateSource: null,
      clonedFrom: null,
      ...document.relationships,
    },
    responseQueue: document.responseQueue ?? null,
    filePath: document.filePath ?? null,
  };
}

/** The agent that a record describes, defaults filled in. Pure. */
export function describeAgent({ head, layers }: AgentRecord): Agent {
  const document = effectiveDocument(layers);
  const described = describeDocument(document);
  return {
    id: head.id,
    name: head.name,
    type: described.type,
    version: described.version,
    revision: head.revision,
    owner: head.owner,
    operatorMode: described.operatorMode,
    health: head.health,
    ...deriveStatus({ operatorMode: described.operatorMode, health: head.health }),
    capabilities: described.capabilities,
    dependencies: described.dependencies,
    configuration: described.configuration,
    monitoring: described.monitoring,
    config: described.config,
    capacity: { maxConcurrent: document.capacity?.maxConcurrent ?? DEFAULTS.maxConcurrent, current: 0 },
    metrics: { requestsHandled: 0, avgResponseTime: 0, errorRate: 0 },
    resources: {},
    performance: {},
    relationships: described.relationships,
    lastHealthCheck: null,
    responseQueue: described.responseQueue,
    filePath: described.filePath,
    createdAt: head.createdAt,
    lastModified: head.lastModified,
    lastActivity: null,
  };
}

/** Fields that move without a revision, and so have their own part of the ETag. */
const LIVE_FIELDS = [
  'health',
  'status',
  'state',
  'capacity',
  'metrics',
  'resources',
  'performance',
  'lastHealthCheck',
  'lastActivity',
] as const satisfies readonly (keyof Agent)[];

/** The part of an agent that a change of configuration can touch: all but what the registry counts and measures. */
export function configuredPart(agent: Agent): Json {
  const own: readonly string[] = [...LIVE_FIELDS, 'revision', 'createdAt', 'lastModified'];
  const fields = Object.entries(agent).filter(([field]) => !own.includes(field));
  return { ...Object.fromEntries(fields), capacity: { maxConcurrent: agent.capacity.maxConcurrent } };
}

/** The entity tag of CONTRACT.md: `"r{revision}-{hash of the live fields}"`. */
export function etagOf(agent: Agent): string {
  const live = JSON.stringify(LIVE_FIELDS.map((field) => agent[field]));
  return `"r${agent.revision}-${createHash('sha256').update(live).digest('hex').slice(0, 12)}"`;
}
