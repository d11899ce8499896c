import { MAX_NAME_LENGTH } from '../../agents/agent-fields.ts';
import { cleanLine, cleanText } from '../../agents/clean-text.ts';
import { readMcpServers } from '../../agents/mcp-servers.ts';
import { isObject, type Json } from '../../agents/merge.ts';
import { SPEC_NAMES } from '../../agents/spec-names.ts';
import { asMendedAgent, isBlankName } from './as-agent.ts';
import { firstParagraph } from './first-paragraph.ts';
import { foreignByKeys, foreignByPlace } from './foreign-markdown.ts';
import { splitFrontMatter } from './front-matter.ts';
import { readLenientMatter } from './lenient-matter.ts';
import { MARKDOWN_FIELDS } from './markdown-fields.ts';
import type { Matter, MatterField } from './matter.ts';
import { type Flaw, invalid, oneFlaw, type ReadDocument, skipped } from './read-document.ts';
import { cutText, scrubbed } from './scrub.ts';
import { slugOf } from './slug.ts';
import { readYamlMatter } from './yaml-matter.ts';

/** Front matter and first paragraph stand within this; the prompt behind them is not stored. In characters. */
const MAX_READ = 128 * 1024;

const MAX_DESCRIPTION = 16_384;

/** Other spellings of known keys. */
const SPELLINGS: Readonly<Record<string, string>> = {
  ...SPEC_NAMES.config,
  'resource-limit': 'resourceLimit',
  'conflict-resolution': 'conflictResolution',
};

/** A name that is more than what is left of a broken one: brackets, quotes, U+FFFD for bytes that are no text. */
const READABLE = /[\p{L}\p{N}]|(?!\uFFFD)\p{S}/u;

/** `{{name}}`, `${name}`, `<agent-name>`. */
const PLACEHOLDER = /\{\{|\$\{|^<[^<>]*>$/;

const TYPE = /^[a-z0-9][a-z0-9-]{0,63}$/;

function readMatter(source: string, firstLine: number): Matter {
  const strict = readYamlMatter(source, firstLine);
  if ('fields' in strict) return strict;
  const { fields, flaws } = readLenientMatter(source, firstLine);
  const flaw = {
    ...strict,
    reason: `its front matter is not valid YAML (${strict.reason}): only known keys were read`,
  };
  return { fields, flaws: [flaw, ...flaws] };
}

interface Settings {
  readonly settings: Record<string, unknown>;
  readonly flaws: readonly Flaw[];
}

/** MCP servers, credentials left out. What could not be read is no flaw to quote. */
function readServers(field: MatterField, flaws: Flaw[]): Json {
  const { unread, ...servers } = readMcpServers(field.value);
  const reason = 'config.mcpServers: entries that are neither a name nor a definition were left out';
  if (unread > 0) flaws.push({ reason, line: field.line });
  return servers;
}

function readSetting(key: string, field: MatterField, flaws: Flaw[]): Json {
  if (key === 'mcpServers') return readServers(field, flaws);
  const read = Object.hasOwn(MARKDOWN_FIELDS, key) ? MARKDOWN_FIELDS[key] : undefined;
  if (!read) return { [key]: field.value };
  const { value, isMended = false } = read(field);
  const what = value === undefined ? 'cannot be understood and was left out' : 'could not be understood as a whole';
  if (isMended) flaws.push({ reason: `${key}: ${what}`, line: field.line });
  return value === undefined ? {} : { [key]: value };
}

function readSettings({ fields }: Matter): Settings {
  const flaws: Flaw[] = [];
  const settings: Record<string, unknown> = {};
  for (const [spelling, field] of fields) {
    const key = Object.hasOwn(SPELLINGS, spelling) ? (SPELLINGS[spelling] as string) : spelling;
    // In `mcpServerDefinitions` only what was read from `mcpServers` may stand: of anything else nobody knows what it holds.
    if (key === 'name' || key === 'mcpServerDefinitions') continue;
    const said = scrubbed(readSetting(key, field, flaws), key, flaws) as Json;
    for (const [name, value] of Object.entries(said)) {
      if (Object.hasOwn(settings, name)) flaws.push({ reason: `${name}: is given in two spellings`, line: field.line });
      else settings[name] = value;
    }
  }
  return { settings, flaws };
}

/** What it says that it can do; else what it is: its name is what callers of such agents ask for. */
function capabilitiesOf(capabilities: unknown, specialization: unknown, name: string): Json {
  if (isObject(capabilities) && Object.keys(capabilities).length > 0) return capabilities;
  return { core: [typeof specialization === 'string' ? specialization : slugOf(name)] };
}

function withDescription(config: Json, body: string, flaws: Flaw[]): Json {
  const { description } = config;
  if (typeof description === 'string') {
    if (description.length > MAX_DESCRIPTION) flaws.push({ reason: 'description: is too long and was cut' });
    return { ...config, description: cutText(description, MAX_DESCRIPTION) };
  }
  const paragraph = cutText(firstParagraph(body), MAX_DESCRIPTION);
  if (paragraph === '') {
    flaws.push({ reason: 'it has no description' });
    return config;
  }
  flaws.push({ reason: 'it has no description; the first paragraph stands for it' });
  return { ...config, description: paragraph };
}

function nameOf(field: MatterField, flaws: Flaw[]): string {
  const name = cleanLine(field.text);
  if (name !== field.text.trim())
    flaws.push({ reason: 'name: characters that no name may have were left out', line: field.line });
  const cut = cutText(name, MAX_NAME_LENGTH);
  if (cut !== name)
    flaws.push({ reason: `name: is longer than ${MAX_NAME_LENGTH} characters and was cut`, line: field.line });
  return cut;
}

/** Why a name cannot be read is what else is wrong. */
const unreadable = (flaws: readonly Flaw[]): string =>
  ['its name cannot be read', ...(flaws.length > 0 ? [oneFlaw(flaws).reason] : [])].join('; ');

function toAgent(origin: string, matter: Matter, body: string, flaws: Flaw[]): ReadDocument {
  const field = matter.fields.get('name');
  if (field === undefined) return skipped('its front matter has no name');
  if (typeof field.value === 'object' && field.value !== null) return invalid('its name is not a text', field.line);
  if (field.value === null || isBlankName(cleanText(field.text))) return skipped('its name is empty');
  if (!READABLE.test(field.text)) return invalid(unreadable(flaws), field.line);
  const name = nameOf(field, flaws);
  if (PLACEHOLDER.test(name)) return skipped('a template: its name is still to be filled in');
  const { settings, flaws: found } = readSettings(matter);
  flaws.push(...found);
  const { version, capabilities, type, ...rest } = settings;
  const slug = typeof type === 'string' ? type.toLowerCase() : '';
  const isType = TYPE.test(slug);
  const config = withDescription({ ...rest, ...(!isType && type !== undefined && { type }) }, body, flaws);
  const document = {
    name,
    ...(version !== undefined && { version }),
    ...(isType && { type: slug }),
    capabilities: capabilitiesOf(capabilities, rest.specialization, name),
    config,
  };
  return asMendedAgent(origin, document, flaws);
}

/** `\n` for every line end, and no control characters. */
function plainText(text: string, flaws: Flaw[]): string {
  const lines = text.slice(0, MAX_READ).replace(/\r\n?/g, '\n');
  const clean = cleanText(lines);
  if (clean === lines) return clean;
  const line = 1 + lines.split('\n').findIndex((text) => cleanText(text) !== text);
  flaws.push({ reason: 'control characters were left out', line });
  return clean;
}

/**
 * An agent file: Markdown with YAML front matter. `name`, `version`, `type` and `capabilities` are the agent's own; every
 * other key (`description`, `tools`, `model`, `color`, `priority`, `hooks`, …) is kept in `config`, as data: nothing of it
 * is ever run. Absent `tools` stay absent, which means all; `[]` stays `[]`, which means none. The body, the agent's
 * prompt, is not stored.
 *
 * What is not as it should be is mended where its meaning is clear, and told: such an agent is `degraded`.
 *
 * @param path tells by its folders what the file is
 * @param origin where its agent comes from
 */
export function readAgentMarkdown(
  path: string,
  origin: string,
  text: string,
  given: readonly Flaw[] = [],
): ReadDocument {
  const foreign = foreignByPlace(path);
  if (foreign !== undefined) return skipped(`${foreign}, no agent`);
  const flaws = [...given];
  const parts = splitFrontMatter(plainText(text, flaws));
  if (parts === undefined) return skipped('Markdown without front matter');
  const matter = readMatter(parts.matter, parts.firstLine);
  const kind = foreignByKeys(path, new Set(matter.fields.keys()));
  if (kind !== undefined) return skipped(`${kind}, no agent`);
  flaws.push(...parts.flaws, ...matter.flaws);
  return toAgent(origin, matter, parts.body, flaws);
}
