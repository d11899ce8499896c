import type { Matter, MatterField } from './matter.ts';

/** How the lines behind a key are read: its own line, a text of many lines, a list or map below it, or not at all. */
export type KeyKind = 'line' | 'prose' | 'block' | 'unread';

const keys = (kind: KeyKind, names: string): [string, KeyKind][] => names.split(' ').map((name) => [name, kind]);

/** Keys of agent files, as they are spelled most often. */
const KNOWN: ReadonlyMap<string, KeyKind> = new Map([
  ...keys('line', 'name model color priority version type specialization effort temperature author license'),
  ...keys('line', 'resource_limit resourceLimit conflict_resolution conflictResolution permissionMode maxTurns'),
  ...keys('prose', 'description'),
  ...keys('block', 'tools allowed-tools allowedTools disallowedTools disallowed-tools capabilities skills tags'),
  ...keys('block', 'mcpServers hooks'),
  // They hold credentials, and must not become part of a description that stands before them.
  ...keys('unread', 'env environment headers'),
]);

const BY_LOWER_CASE = new Map([...KNOWN.keys()].map((key) => [key.toLowerCase(), key]));

/** A key without what people spell it differently by. */
export const plainKey = (key: string): string => key.toLowerCase().replace(/[-_]/g, '');

/**
 * The known key that a key means, in whatever case; itself where it means none. MCP servers are told in every spelling,
 * since what is kept as it is written may hold their credentials.
 */
export function knownKey(key: string): string {
  if (KNOWN.has(key)) return key;
  if (/^mcp(servers?)?$/.test(plainKey(key))) return 'mcpServers';
  return BY_LOWER_CASE.get(key.toLowerCase()) ?? key;
}

/** How a known key is read; `undefined` for others. */
export const kindOf = (key: string): KeyKind | undefined => KNOWN.get(key);

/** Front matter whose keys are spelled as they are known; of two spellings the exact one is the known key. */
export function withKnownKeys({ fields, flaws }: Matter): Matter {
  const renamed = new Map<string, MatterField>();
  for (const [key, field] of fields) {
    const known = knownKey(key);
    const isTaken = fields.has(known) || renamed.has(known);
    renamed.set(isTaken && !isServers(known) ? key : known, renamed.get(known) ?? field);
  }
  return { fields: renamed, flaws };
}

const isServers = (key: string): boolean => key === 'mcpServers';
