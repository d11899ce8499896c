import { CLIENT_FIELDS, SERVER_FIELDS } from '../agents/agent-schema.ts';
import type { Json } from '../agents/merge.ts';
import { SPEC_NAMES } from '../agents/spec-names.ts';
import { asAgent } from './as-agent.ts';
import { type ReadDocument, skipped } from './read-document.ts';

const ID_FIELDS = ['id', 'agent_id'] as const;

/** Fields that nothing but a description of an agent has beside its name. */
const AGENT_FIELDS = ['capabilities', 'configuration', 'monitoring'] as const;

const hasOneOf = (document: Json, fields: readonly string[]): boolean =>
  fields.some((field) => Object.hasOwn(document, field));

const isKnown = (field: string): boolean =>
  CLIENT_FIELDS.includes(field) || SERVER_FIELDS.has(field) || Object.hasOwn(SPEC_NAMES[''] ?? {}, field);

/**
 * A document with a name is a manifest if it has a field of {@link AGENT_FIELDS}; or an id, and more fields that agents
 * have than others, because records of all kinds have id and name; or a `config` among fields that are all an agent's.
 * `version`, `type` and `dependencies` say nothing, because `package.json` has these too; it may have a `config`, but
 * then it has scripts or the like beside it. One without a name is a broken manifest if it has an id and what agents
 * have.
 */
function isManifest(document: Json): boolean {
  const hasId = hasOneOf(document, ID_FIELDS);
  if (!Object.hasOwn(document, 'name')) return hasId && hasOneOf(document, [...AGENT_FIELDS, 'config']);
  const fields = Object.keys(document);
  const known = fields.filter(isKnown).length;
  if (hasOneOf(document, AGENT_FIELDS)) return hasId || known * 2 > fields.length;
  if (hasId) return known * 2 > fields.length;
  return Object.hasOwn(document, 'config') && known === fields.length;
}

/**
 * A manifest: an agent document of CONTRACT.md, in either specification's names. `$schema`, by which editors check it,
 * is dropped. A misspelt field is `invalid`, not silently left out.
 */
export function readAgentManifest(
  origin: string,
  { $schema: _, ...document }: Json,
  lineOf: (field: string) => number | undefined,
): ReadDocument {
  if (isManifest(document)) return asAgent(origin, document, lineOf);
  return skipped('JSON, but no manifest (a name, and an id, capabilities or a config), A2A agent card or MCP server');
}
