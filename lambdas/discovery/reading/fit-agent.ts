import { cleanLine } from '../../agents/clean-text.ts';
import { digestOf } from '../../agents/digest.ts';
import { isObject, type Json } from '../../agents/merge.ts';
import { validateAgentDocument } from '../../agents/validate-agent.ts';
import { ValidationError } from '../../shared/errors.ts';
import type { FileAgent, Flaw } from './read-document.ts';
import { asShown } from './shown-agent.ts';

type Mutable = { [field: string]: unknown };

/** Lists, with the most that the schema takes: how many, and how long each. */
const LISTS = {
  'capabilities.core': { maxItems: 256, maxLength: 128 },
  'capabilities.enhancements': { maxItems: 256, maxLength: 128 },
  'capabilities.domains': { maxItems: 256, maxLength: 128 },
  'capabilities.actions': { maxItems: 256, maxLength: 128 },
  'config.tools': { maxItems: 512, maxLength: 256 },
  'config.mcpServers': { maxItems: 256, maxLength: 128 },
} as const;

/** Those that the digest holds. */
const SEARCHED = Object.keys(LISTS).filter((path) => path !== 'config.mcpServers');

/** A layer has at most 256 KB; what is mended here is left room for what the registry adds. */
const MAX_BYTES = 192 * 1024;

/**
 * Characters that the id and the name may grow by when a file gets an identity of its own (see file-identity.ts) or the
 * registry renames its agent: the digest must fit even then.
 */
const ROOM = { id: '0'.repeat(128), name: '0'.repeat(64) };

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

const lengthOf = (text: string): number => [...text].length;

/** The part of a document at a path of two keys, as something that can be changed. */
const partOf = (agent: Mutable, path: string): { readonly holder: Mutable; readonly key: string } | undefined => {
  const [top = '', key = ''] = path.split('.');
  return isObject(agent[top]) ? { holder: agent[top] as Mutable, key } : undefined;
};

/** Lists of texts without what no list may hold. */
function fitLists(agent: Mutable, flaws: Flaw[]): void {
  for (const [path, { maxItems, maxLength }] of Object.entries(LISTS)) {
    const { holder, key } = partOf(agent, path) ?? {};
    if (holder === undefined || key === undefined || !Array.isArray(holder[key])) continue;
    const list: readonly unknown[] = holder[key];
    const texts = list.filter((item) => typeof item === 'string').map(cleanLine);
    const kept = [...new Set(texts)].filter((text) => text !== '' && lengthOf(text) <= maxLength).slice(0, maxItems);
    if (list.some((item) => typeof item !== 'string') || kept.length < new Set(texts.filter(Boolean)).size) {
      flaws.push({ reason: `${path}: entries that do not fit were left out` });
    }
    holder[key] = kept;
  }
}

/** Without these there is no agent. */
const NEEDED = ['', 'id', 'name', 'filePath'];

/** Fields, or settings of `config`, that break a rule of the schema; none: the document holds. */
function offending(agent: Mutable): ReadonlySet<string> {
  try {
    validateAgentDocument(agent);
    return new Set();
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error;
    return new Set(error.errors.map(({ field }) => field.split('.').slice(0, 2).join('.')));
  }
}

function leaveOut(agent: Mutable, field: string): void {
  const { holder, key } = partOf(agent, field) ?? {};
  if (holder !== undefined && key !== undefined && Object.hasOwn(holder, key)) delete holder[key];
  else delete agent[field.split('.')[0] ?? field];
}

/** Leaves out what breaks a rule until nothing does: one answer names twenty errors at most. */
function fitSchema(agent: Mutable, flaws: Flaw[]): boolean {
  for (let fields = offending(agent); fields.size > 0; fields = offending(agent)) {
    for (const field of fields) {
      if (NEEDED.includes(field)) return false;
      flaws.push({ reason: `${field}: does not fit and was left out` });
      leaveOut(agent, field);
    }
  }
  return true;
}

function hasFittingDigest(agent: Mutable): boolean {
  const { name } = agent as FileAgent;
  try {
    digestOf(asShown({ ...(agent as FileAgent), id: ROOM.id, name: name + ROOM.name }));
    return true;
  } catch (error) {
    if (error instanceof ValidationError) return false;
    throw error;
  }
}

/** Shortens the lists that can be searched, the longest first, until the digest fits. Fewer tools are safe; more are not. */
function fitDigest(agent: Mutable, flaws: Flaw[]): void {
  const lists = SEARCHED.flatMap((path) => {
    const { holder, key } = partOf(agent, path) ?? {};
    return holder !== undefined && key !== undefined && Array.isArray(holder[key])
      ? [{ path, holder, key, items: holder[key] as string[] }]
      : [];
  });
  const shortened = new Set<string>();
  while (!hasFittingDigest(agent)) {
    const longest = lists.toSorted((a, b) => bytesOf(b.items) - bytesOf(a.items))[0];
    if (longest === undefined || longest.items.length === 0) return;
    // A quarter at a time: few rounds, whatever the length.
    longest.items = longest.items.slice(0, Math.floor(longest.items.length * 0.75));
    longest.holder[longest.key] = longest.items;
    shortened.add(longest.path);
  }
  for (const path of shortened)
    flaws.push({ reason: `${path}: more than the registry can search; the last were left out` });
}

/** Leaves out the largest settings until the document can be stored. */
function fitSize(agent: Mutable, flaws: Flaw[]): void {
  while (bytesOf(agent) > MAX_BYTES && isObject(agent.config)) {
    const largest = Object.entries(agent.config).toSorted(([, a], [, b]) => bytesOf(b) - bytesOf(a))[0];
    if (largest === undefined) return;
    delete (agent.config as Mutable)[largest[0]];
    flaws.push({
      reason: `config.${cleanLine(largest[0]).slice(0, 64)}: larger than the registry stores, and left out`,
    });
  }
}

/**
 * What is left of an agent when everything that the registry would refuse is mended or left out; each such field is a
 * flaw. `undefined` where what it cannot do without does not fit.
 */
export function fitAgent(document: Json, flaws: Flaw[]): FileAgent | undefined {
  const agent: Mutable = structuredClone(document) as Mutable;
  fitLists(agent, flaws);
  fitSize(agent, flaws);
  if (!fitSchema(agent, flaws)) return undefined;
  fitDigest(agent, flaws);
  return agent as FileAgent;
}
