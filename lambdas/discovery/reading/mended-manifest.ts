import { SERVER_FIELDS } from '../../agents/agent-fields.ts';
import { isObject, type Json } from '../../agents/merge.ts';
import { SPEC_NAMES } from '../../agents/spec-names.ts';
import { MARKDOWN_FIELDS } from './markdown-fields.ts';
import type { Flaw } from './read-document.ts';

type LineOf = (field: string) => number | undefined;

const contractName = (field: string): string => SPEC_NAMES['']?.[field] ?? field;

/** The first specification's own example has what only the registry knows; a file that copies it is still a manifest. */
function withoutServerFields(document: Json, flaw: (field: string, reason: string) => void): Json {
  const kept = Object.entries(document).filter(([field]) => {
    const isServers = SERVER_FIELDS.has(Object.hasOwn(SPEC_NAMES[''] ?? {}, field) ? contractName(field) : field);
    if (isServers) flaw(field, 'only the registry sets it, and it was left out');
    return !isServers;
  });
  const { capacity, ...rest } = Object.fromEntries(kept) as Json;
  if (!isObject(capacity) || !Object.hasOwn(capacity, 'current')) return Object.fromEntries(kept);
  const { current: _, ...limits } = capacity;
  flaw('capacity.current', 'only the registry sets it, and it was left out');
  return { ...rest, capacity: limits };
}

/** Settings that front matter may say as a text; so may manifests. */
function withReadSettings(config: Json, flaw: (field: string, reason: string) => void): Json {
  const said = ['priority', 'tools'].flatMap((key): [string, unknown][] => {
    const value = config[key];
    if (typeof value !== 'string') return [];
    const read = MARKDOWN_FIELDS[key]?.({ value, text: value, line: 0 });
    if (read?.value === undefined) return [];
    flaw(`config.${key}`, 'is a text, and was read as one');
    return [[key, read.value]];
  });
  return { ...config, ...Object.fromEntries(said) };
}

/**
 * A manifest of a file without what only the registry sets, its version, priority and tools in the contract's types.
 * What cannot be read so stays, and is refused.
 */
export function mendedManifest(document: Json, lineOf: LineOf): { readonly document: Json; readonly flaws: Flaw[] } {
  const flaws: Flaw[] = [];
  const flaw = (field: string, what: string) => {
    const line = lineOf(field);
    flaws.push({ reason: `${field}: ${what}`, ...(line !== undefined && { line }) });
  };
  const { version, config, ...rest } = withoutServerFields(document, flaw);
  if (typeof version === 'number') flaw('version', 'is a number, and was read as a text');
  return {
    document: {
      ...rest,
      ...(version !== undefined && { version: typeof version === 'number' ? String(version) : version }),
      ...(config !== undefined && { config: isObject(config) ? withReadSettings(config, flaw) : config }),
    },
    flaws,
  };
}
