import { AgentDocument } from '../../lambdas/agents/agent-schema.ts';
import { PUBLISHED_SCHEMAS } from '../../lambdas/agents/published-schemas.ts';
import { SearchRequest } from '../../lambdas/capability/search/search-schema.ts';
import { LayerRequest } from '../../lambdas/discovery/layer-request.ts';
import { ReloadRequest } from '../../lambdas/discovery/reload-status.ts';
import { Heartbeat, HeartbeatBatch } from '../../lambdas/health/beats/heartbeat-schema.ts';
import { OverrideRequest } from '../../lambdas/health/health-schema.ts';
import { API_DOCUMENT } from '../../lambdas/openapi/api-document.ts';
import { ServiceDocument } from '../../lambdas/services/service-document.ts';
import { compileSchema } from './compile-schema.ts';

/** Schemas against which functions hold what they are sent, by the module and the name of the compiled one. */
const COMPILED: readonly (readonly [path: string, name: string, schema: object])[] = [
  ['lambdas/agents/agent-document.generated.ts', 'agentDocument', AgentDocument],
  ['lambdas/capability/search/search-request.generated.ts', 'searchRequest', SearchRequest],
  ['lambdas/discovery/layer-request.generated.ts', 'layerRequest', LayerRequest],
  ['lambdas/discovery/reload-request.generated.ts', 'reloadRequest', ReloadRequest],
  ['lambdas/health/beats/heartbeat.generated.ts', 'heartbeat', Heartbeat],
  ['lambdas/health/beats/heartbeat-batch.generated.ts', 'heartbeatBatch', HeartbeatBatch],
  ['lambdas/health/override-request.generated.ts', 'overrideRequest', OverrideRequest],
  ['lambdas/services/service-document.generated.ts', 'serviceDocument', ServiceDocument],
];

/** What functions and editors read as it is, by its file. */
const DOCUMENTS: readonly (readonly [path: string, document: object])[] = [
  ['lambdas/openapi/openapi.json', API_DOCUMENT],
  ...Object.entries(PUBLISHED_SCHEMAS).map(
    ([name, schema]) => [`lambdas/agents/schemas/${name}.json`, schema] as const,
  ),
];

/** A file that is made of the schemas. */
export interface GeneratedFile {
  /** From the project's root. */
  readonly path: string;
  readonly text: string;
}

/**
 * Every file that is made of the schemas: code that validates, so that no function compiles a schema or carries a
 * library to, and documents. They are kept in the repository; a test holds them against the schemas.
 */
export function generatedFiles(): readonly GeneratedFile[] {
  const compiled = COMPILED.map(([path, name, schema]) => ({ path, text: compileSchema(name, schema) }));
  const documents = DOCUMENTS.map(([path, document]) => ({ path, text: `${JSON.stringify(document, null, 2)}\n` }));
  return [...compiled, ...documents];
}
