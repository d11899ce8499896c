import { CLIENT_FIELDS } from '../agents/agent-schema.ts';
import type { Json } from '../agents/merge.ts';
import { SPEC_NAMES } from '../agents/spec-names.ts';
import { asAgent, type ReadDocument, skipped } from './read-document.ts';

/**
 * Fields that only a description of an agent has. `name`, `version`, `type` and `dependencies` are not among them:
 * `package.json` has these too.
 */
const TELLING_FIELDS = ['id', 'agent_id', 'capabilities', 'config', 'configuration', 'monitoring'] as const;

const isKnown = (field: string): boolean => CLIENT_FIELDS.includes(field) || Object.hasOwn(SPEC_NAMES[''] ?? {}, field);

function isManifest(document: Json): boolean {
  if (!Object.hasOwn(document, 'name')) return Object.hasOwn(document, 'id') || Object.hasOwn(document, 'agent_id');
  return TELLING_FIELDS.some((field) => Object.hasOwn(document, field)) || Object.keys(document).every(isKnown);
}

/**
 * A manifest: an agent document of CONTRACT.md, in either specification's names. `$schema`, by which editors check it,
 * is dropped. Its fields are judged by the registry, so a misspelt one is refused there, not silently left out here.
 */
export function readAgentManifest(path: string, { $schema: _, ...document }: Json): ReadDocument {
  if (!isManifest(document)) return skipped('JSON, but neither an agent manifest nor an A2A agent card');
  return asAgent(path, document);
}
