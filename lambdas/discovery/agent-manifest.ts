import { CLIENT_FIELDS } from '../agents/agent-schema.ts';
import type { Json } from '../agents/merge.ts';
import { SPEC_NAMES } from '../agents/spec-names.ts';
import { asAgent, type ReadDocument, skipped } from './read-document.ts';

const ID_FIELDS = ['id', 'agent_id'] as const;

/** Fields that nothing but a description of an agent has beside its name. */
const AGENT_FIELDS = ['capabilities', 'configuration', 'monitoring'] as const;

const hasOneOf = (document: Json, fields: readonly string[]): boolean =>
  fields.some((field) => Object.hasOwn(document, field));

const isKnown = (field: string): boolean => CLIENT_FIELDS.includes(field) || Object.hasOwn(SPEC_NAMES[''] ?? {}, field);

/**
 * A document with a name is a manifest if it has an id as well, or a field of {@link AGENT_FIELDS}, or a `config` among
 * fields that are all an agent's. `version`, `type` and `dependencies` say nothing, because `package.json` has these
 * too; it may have a `config`, but then it has scripts or the like beside it. One without a name is a broken manifest
 * if it has an id and what agents have.
 */
function isManifest(document: Json): boolean {
  const hasId = hasOneOf(document, ID_FIELDS);
  if (!Object.hasOwn(document, 'name')) return hasId && hasOneOf(document, [...AGENT_FIELDS, 'config']);
  if (hasId || hasOneOf(document, AGENT_FIELDS)) return true;
  return Object.hasOwn(document, 'config') && Object.keys(document).every(isKnown);
}

/**
 * A manifest: an agent document of CONTRACT.md, in either specification's names. `$schema`, by which editors check it,
 * is dropped. Its fields are judged by the registry, so a misspelt one is refused there, not silently left out here.
 */
export function readAgentManifest(origin: string, { $schema: _, ...document }: Json): ReadDocument {
  if (isManifest(document)) return asAgent(origin, document);
  return skipped('JSON, but no A2A agent card, and no manifest: that has a name, and an id, capabilities or a config');
}
