import { CLIENT_FIELDS, SERVER_FIELDS } from '../../agents/agent-fields.ts';
import { isObject, type Json } from '../../agents/merge.ts';
import { SPEC_NAMES } from '../../agents/spec-names.ts';
import { asAgent } from './as-agent.ts';
import { mendedManifest } from './mended-manifest.ts';
import { oneFlaw, type ReadDocument, skipped } from './read-document.ts';

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

/** `…/{id}/manifest.json`, and where the bucket keeps manifests. */
const PLACE = /(^|\/)[a-z0-9][a-z0-9._-]{0,127}\/manifest\.json$/;
const BUCKET_PLACE = /(^|\/)manifests\/[^/]+\/manifest\.json$/;

/** Of extensions and apps of browsers, whose manifests are called so too. */
const OF_APPS = ['manifest_version', 'start_url', 'icons', 'manifestVersion', 'minAppVersion', 'short_name', 'display'];

const SCHEMA = /agent-manifest(\.schema)?\.json$/;

/** Whether a file says that it is a manifest by its `$schema`, or the bucket by its place, whatever else it says. */
const isSurely = (path: string, $schema: unknown): boolean =>
  BUCKET_PLACE.test(path) || (typeof $schema === 'string' && SCHEMA.test($schema));

/** The manifest of an app, whose name may be a map of a short and a full one. */
const isOfApp = (path: string, document: Json): boolean =>
  /(^|\/)manifest\.json$/.test(path) && (hasOneOf(document, OF_APPS) || isObject(document.name));

/** Whether a file is a manifest by its place, however little it says. */
function isByPlace(path: string, document: Json): boolean {
  const fields = Object.keys(document);
  return PLACE.test(path) && typeof document.name === 'string' && fields.filter(isKnown).length * 2 > fields.length;
}

/**
 * A manifest: an agent document of CONTRACT.md, in either specification's names. `$schema`, by which editors check it,
 * is dropped. A misspelt field is `invalid`, not silently left out; what the registry alone sets is left out and told.
 *
 * @param path tells by its folder and name whether a file that says little is a manifest
 */
export function readAgentManifest(
  path: string,
  origin: string,
  { $schema, ...said }: Json,
  lineOf: (field: string) => number | undefined,
): ReadDocument {
  const isOne = !isOfApp(path, said) && (isManifest(said) || isByPlace(path, said));
  if (!isOne && !isSurely(path, $schema))
    return skipped('JSON, but no manifest (a name, and an id, capabilities or a config), A2A agent card or MCP server');
  const { document, flaws } = mendedManifest(said, lineOf);
  const read = asAgent(origin, document, lineOf);
  return read.verdict === 'agent' && flaws.length > 0 ? { ...read, degraded: oneFlaw(flaws) } : read;
}
