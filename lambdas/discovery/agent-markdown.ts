import { LineCounter, parseDocument } from 'yaml';
import { isObject, type Json } from '../agents/merge.ts';
import { asAgent, invalid, type ReadDocument, skipped } from './read-document.ts';
import { slugOf } from './slug.ts';

/** From a `---` on the first line to the next one (or YAML's `...`); the text between is group 1. */
const FRONT_MATTER = /^---[ \t]*\r?\n([\s\S]*?)(?<=\n)(?:---|\.\.\.)[ \t]*(?:\r?\n|$)/;

/** Keys of front matter that hold lists and are often written as one line: `tools: Read, Bash(git:*)`. */
const LIST_KEYS = ['tools', 'mcp_servers', 'mcpServers', 'capabilities'];

/** Commas separate, but not those inside the parentheses of a tool such as `Bash(git add, git commit)`. */
const listOf = (text: string): string[] =>
  text
    .split(/,(?![^()]*\))/)
    .map((item) => item.trim())
    .filter((item) => item !== '');

function withLists(matter: Json): Json {
  const entries = Object.entries(matter).map(([key, value]) =>
    LIST_KEYS.includes(key) && typeof value === 'string' ? [key, listOf(value)] : [key, value],
  );
  return Object.fromEntries(entries);
}

/** What it says that it can do; else what it is: its name is what callers of such agents ask for. */
function capabilitiesOf({ capabilities, specialization }: Json, name: string): unknown {
  if (capabilities !== undefined && capabilities !== null) return capabilities;
  return { core: [typeof specialization === 'string' ? specialization : slugOf(name)] };
}

function toAgent(origin: string, matter: Json): ReadDocument {
  const { name, version, capabilities: _, ...config } = matter;
  if (name === undefined || name === null) return skipped('its front matter names no agent');
  if (typeof name !== 'string') return invalid('its name is not a text');
  return asAgent(origin, {
    name,
    ...(version !== undefined && version !== null && { version: String(version) }),
    capabilities: capabilitiesOf(matter, name),
    config,
  });
}

/**
 * An agent file: Markdown with YAML front matter. `name`, `version` and `capabilities` are the agent's own; every other
 * key (`description`, `tools`, `model`, `color`, `priority`, …) is kept in `config`. Absent `tools` stay absent, which
 * means all; `[]` stays `[]`, which means none. The body, the agent's prompt, is not stored.
 */
export function readAgentMarkdown(origin: string, text: string): ReadDocument {
  const yaml = FRONT_MATTER.exec(text)?.[1];
  if (yaml === undefined) return skipped('Markdown without front matter');
  const lineCounter = new LineCounter();
  const document = parseDocument(yaml, { lineCounter, prettyErrors: false });
  const error = document.errors[0];
  // The front matter begins on the file's second line.
  if (error)
    return invalid(`front matter is not valid YAML: ${error.message}`, lineCounter.linePos(error.pos[0]).line + 1);
  let matter: unknown;
  try {
    matter = document.toJS();
  } catch (cause) {
    // An alias without its anchor, or aliases that multiply without end.
    return invalid(`front matter is not valid YAML: ${(cause as Error).message}`);
  }
  return isObject(matter) ? toAgent(origin, withLists(matter)) : skipped('its front matter is not a list of keys');
}
