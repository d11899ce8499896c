import { judgeUrl } from '../shared/address-rules.ts';
import type { FieldError } from '../shared/errors.ts';
import { cleanLine } from './clean-text.ts';
import { asName, looksSecret, safeUrl, safeWords, variablesIn } from './credentials.ts';
import { isObject, type Json } from './merge.ts';
import { listOfText } from './text-list.ts';

/** How a server is reached or started. Nothing in it is a credential. */
export interface McpServerDefinition {
  readonly type?: string;
  /** Without user, password, query and fragment. */
  readonly url?: string;
  readonly command?: string;
  readonly args?: readonly string[];
  /** Names of the environment variables and headers that it is given. */
  readonly requires?: readonly string[];
}

/** MCP servers as they are kept in `config`; absent where the agent names none. */
export interface McpServers {
  readonly mcpServers?: readonly string[];
  readonly mcpServerDefinitions?: Readonly<Record<string, McpServerDefinition>>;
  /** Entries that are neither a name nor a definition. */
  readonly unread: number;
}

interface Entry {
  readonly name: string;
  readonly definition?: Json;
}

const MAX_ARGS = 64;
const FORBIDDEN_NAMES = ['__proto__', 'constructor', 'prototype'];

const isAddress = (text: string): boolean => /^(https?|wss?):\/\//i.test(text);

const asText = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;

/** A server's name is one word or a few, without anything that a command line has. */
function isServerName(name: string): boolean {
  const words = name.split(' ');
  const isPlain = words.length <= 4 && words.every((word) => /^[\p{L}\p{N}@_][\p{L}\p{N}@_./*-]*$/u.test(word));
  return isPlain && !words.some(looksSecret) && !FORBIDDEN_NAMES.includes(name);
}

const named = (text: string, definition?: Json): Entry[] => {
  const name = cleanLine(text);
  return isServerName(name) ? [{ name, ...(definition && { definition }) }] : [];
};

/** An entry that is only an address is called by its host. */
const fromText = (text: string): Entry[] =>
  isAddress(text) && URL.canParse(text) ? named(new URL(text).hostname, { url: text }) : named(text);

/** What stands behind a name: a definition, an address or command line as one text, or nothing. */
function definitionOf(value: unknown): Json | undefined {
  if (isObject(value)) return value;
  const text = asText(value);
  if (text === undefined) return undefined;
  return isAddress(text) ? { url: text } : { command: text };
}

const fromMap = (map: Json): Entry[] =>
  Object.entries(map).flatMap(([name, value]) => named(name, definitionOf(value)));

/** `- github`, `- name: github` with its definition beside it, or `- github: {…}`. */
function fromItem(item: unknown): Entry[] {
  if (typeof item === 'string') return fromText(item);
  if (!isObject(item)) return [];
  const { name, ...definition } = item;
  return typeof name === 'string' ? named(name, definition) : fromMap(item);
}

/** Names that are written as a text. Definitions that were meant to be YAML are no text: they may hold credentials. */
const namesOfText = (text: string): readonly string[] | undefined =>
  /[{}"'=]|:(\s|$)/.test(text) ? undefined : listOfText(text);

function entriesOf(value: unknown): { readonly entries: readonly Entry[]; readonly unread: number } {
  if (value === undefined || value === null) return { entries: [], unread: 0 };
  if (isObject(value)) {
    const entries = fromMap(value);
    return { entries, unread: Object.keys(value).length - entries.length };
  }
  const items = typeof value === 'string' ? namesOfText(value) : asList(value);
  if (items === undefined) return { entries: [], unread: 1 };
  const read = items.map(fromItem);
  return { entries: read.flat(), unread: read.filter((found) => found.length === 0).length };
}

const asList = (value: unknown): readonly unknown[] | undefined => (Array.isArray(value) ? value : undefined);

const wordsOf = (value: unknown): string[] => {
  if (typeof value === 'string') return value.split(/\s+/).filter((word) => word !== '');
  return (asList(value) ?? []).filter((word) => typeof word === 'string');
};

/** Names of variables or headers, whose values stay behind: `{NAME: value}`, `[NAME=value]`, `[{name: NAME}]`. */
function namesOf(value: unknown): string[] {
  const said = isObject(value)
    ? Object.keys(value)
    : (asList(value) ?? []).map((item) =>
        isObject(item) ? item.name : /^([\w.-]+)[ \t]*(?:[=:]|$)/.exec(String(item))?.[1],
      );
  return said.map(asName).filter((name) => name !== undefined);
}

const unique = (items: readonly string[]): string[] => [...new Set(items)];

/** Only what is known to be harmless is taken over; nothing that this does not name. */
function safeDefinition(definition: Json): McpServerDefinition {
  const address = asText(definition.url) ?? asText(definition.serverUrl);
  const url = address === undefined ? undefined : safeUrl(address);
  const line = safeWords([...wordsOf(definition.command), ...wordsOf(definition.args)].slice(0, MAX_ARGS));
  // `TOKEN=value npx server`: variables stand before the command.
  const begin = line.words.findIndex((word) => !line.requires.includes(word));
  const [command, ...args] = begin === -1 ? [] : line.words.slice(begin);
  const given = [definition.env, definition.environment, definition.headers, definition.requires].flatMap(namesOf);
  const requires = unique([...given, ...line.requires, ...variablesIn(address ?? '')]);
  const type = asText(definition.type) ?? asText(definition.transport);
  return {
    ...(type !== undefined && /^[a-z][a-z-]{0,31}$/i.test(type) && { type }),
    ...(url !== undefined && { url }),
    ...(command !== undefined && { command }),
    ...(args.length > 0 && { args }),
    ...(requires.length > 0 && { requires }),
  };
}

/** Keys under which people write what each field of a definition says. */
const SPELLINGS: Readonly<Record<keyof McpServerDefinition, readonly string[]>> = {
  type: ['type', 'transport'],
  url: ['url', 'serverUrl'],
  command: ['command'],
  args: ['args'],
  requires: ['requires', 'env', 'environment', 'headers'],
};

/** Fields that a patch of a definition deletes: those of which it says nothing but `null`. */
function deletions(patch: Json, safe: McpServerDefinition): Readonly<Record<string, null>> {
  const gone = Object.entries(SPELLINGS).filter(
    ([field, keys]) => !Object.hasOwn(safe, field) && keys.some((key) => patch[key] === null),
  );
  return Object.fromEntries(gone.map(([field]) => [field, null]));
}

/** A merge patch of definitions, by the names of their servers. */
export interface ServerPatch {
  readonly definitions: Readonly<Record<string, Json | null>>;
  /** Keys that are no names of servers. */
  readonly unread: number;
  /** Servers whose `url` is none, and why; never what it is instead. */
  readonly noAddresses: readonly (Omit<FieldError, 'field'> & { readonly name: string })[];
}

/** Why a `url` is none. One of which users fill in a part is not kept, and that is all. */
function noAddress(name: string, definition: unknown): ServerPatch['noAddresses'] {
  const url = isObject(definition) ? definition.url : undefined;
  if (url === undefined || url === null) return [];
  if (typeof url !== 'string') return [{ name, rule: 'type', message: 'must be a text' }];
  const address = asText(url);
  if (address === undefined || /[${}]/.test(address) || safeUrl(address) !== undefined) return [];
  // No host that a stage allows would make an address of it.
  const judged = judgeUrl(address, { allowedHosts: [] });
  return judged instanceof URL ? [] : [{ name, ...judged }];
}

/**
 * `config.mcpServerDefinitions` of a document or merge patch, without credentials, as {@link readMcpServers} leaves them
 * out; what it gives is taken again as it is. `null` stays: it deletes a definition, or a field of one.
 */
export function readServerPatch(patch: Json): ServerPatch {
  const named = Object.entries(patch).filter(([name]) => isServerName(name));
  const definitions = named.flatMap(([name, value]): [string, Json | null][] => {
    if (value === null) return [[name, null]];
    const definition = definitionOf(value);
    const safe = definition && safeDefinition(definition);
    const kept = safe && { ...deletions(definition, safe), ...safe };
    return kept && Object.keys(kept).length > 0 ? [[name, kept]] : [];
  });
  return {
    definitions: Object.fromEntries(definitions),
    unread: Object.keys(patch).length - named.length,
    noAddresses: named.flatMap(([name, value]) => noAddress(name, value)),
  };
}

/**
 * The MCP servers that an agent names, as a text, a list of names, a map of definitions or a list of maps; a name that
 * is given twice is there twice.
 *
 * Definitions are where people write their credentials. Of each only type, address, command, harmless arguments and the
 * names of variables and headers are kept; values are not, nor is anything told of what was left out.
 */
export function readMcpServers(value: unknown): McpServers {
  const { entries, unread } = entriesOf(value);
  const defined = entries.flatMap(({ name, definition }): [string, McpServerDefinition][] => {
    const safe = definition && safeDefinition(definition);
    return safe && Object.keys(safe).length > 0 ? [[name, safe]] : [];
  });
  return {
    ...(value !== undefined && value !== null && { mcpServers: entries.map(({ name }) => name) }),
    ...(defined.length > 0 && { mcpServerDefinitions: Object.fromEntries(defined) }),
    unread,
  };
}
