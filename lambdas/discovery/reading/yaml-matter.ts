import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument, type YAMLMap } from 'yaml';
import { withKnownKeys } from './known-keys.ts';
import type { Matter, MatterField } from './matter.ts';
import type { Flaw } from './read-document.ts';

/** Longer sources are refused: the library takes a third of a second for this much of the worst. In characters. */
export const MAX_YAML_LENGTH = 32 * 1024;

/** More nodes than this behind aliases come from aliases that multiply, not from a person. */
const MAX_ALIASED_NODES = 20_000;
const MAX_DEPTH = 64;

/**
 * What is wrong, by the code of the error. The library's own messages quote the file, which may hold credentials.
 */
const REASONS: Readonly<Record<string, string>> = {
  BAD_ALIAS: 'an unquoted value begins with *',
  BAD_DQ_ESCAPE: 'a backslash in double quotes is no escape',
  BAD_INDENT: 'a line is not indented as it should be',
  BAD_SCALAR_START: 'an unquoted value begins with a character that must be quoted',
  BLOCK_AS_IMPLICIT_KEY: 'a colon and a space stand in an unquoted value',
  MISSING_CHAR: 'a quote, a bracket or a colon is missing',
  MULTILINE_IMPLICIT_KEY: 'a line is neither a key nor indented below one',
  MULTIPLE_DOCS: 'it holds several documents',
  RESOURCE_EXHAUSTION: 'it nests too deep',
  TAB_AS_INDENT: 'a tab indents a line',
  UNEXPECTED_TOKEN: 'something stands behind the end of a value',
};

/** An alias that cannot be followed. Thrown within this file alone. */
class AliasError extends Error {
  override readonly name = 'AliasError';
}

/**
 * Turns nodes into values. Not by the library's `toJS`: that takes minutes for a map whose keys are maps of maps, and
 * looks for the anchor of an alias in the whole document.
 */
class Values {
  readonly #source: string;
  readonly #anchors = new Map<string, Node>();
  #aliasedNodes = 0;

  constructor(source: string) {
    this.#source = source;
  }

  #resolved(node: unknown): unknown {
    if (!isAlias(node)) return node;
    const target = this.#anchors.get(node.source);
    if (!target) throw new AliasError('an alias has no anchor');
    return target;
  }

  /** The text of a node as it is written. */
  text(node: unknown): string {
    const target = this.#resolved(node);
    if (isScalar(target)) return target.source ?? (target.value === null ? '' : String(target.value));
    return this.written(target);
  }

  written(node: unknown): string {
    const [start, end] = (node as Node | null)?.range ?? [0, 0];
    return this.#source.slice(start, end).trim();
  }

  /** Throws AliasError where an alias leads nowhere, or aliases lead to more and more aliases. */
  of(node: unknown, depth = 0, isAliased = false): unknown {
    if (isAliased) this.#aliasedNodes += 1;
    if ((isAliased && this.#aliasedNodes > MAX_ALIASED_NODES) || depth > MAX_DEPTH) {
      throw new AliasError('its aliases multiply without end');
    }
    if (isAlias(node)) return this.of(this.#resolved(node), depth + 1, true);
    const { anchor } = (node ?? {}) as { anchor?: string };
    if (anchor) this.#anchors.set(anchor, node as Node);
    if (isSeq(node)) return node.items.map((item) => this.of(item, depth + 1, isAliased));
    if (isMap(node)) return this.#map(node, depth, isAliased);
    return isScalar(node) ? node.value : null;
  }

  /** `{{name}}` of a template is a map whose key is a map: it stands for itself. */
  #map(node: YAMLMap, depth: number, isAliased: boolean): unknown {
    const keys = node.items.map(({ key }) => this.#resolved(key));
    if (!keys.every(isScalar)) return this.written(node);
    return Object.fromEntries(
      node.items.map((pair) => [this.text(pair.key), this.of(pair.value, depth + 1, isAliased)]),
    );
  }
}

/** What YAML takes for a comment in `Bash(grep #x), Read`. */
const commentOf = (node: unknown): { readonly comment?: string } =>
  isScalar(node) && node.type === 'PLAIN' && node.comment ? { comment: node.comment } : {};

/** The field of one key; what its aliases do not lead to is no field, but for `*word`, which may be meant so. */
function fieldOf({ value: node }: Pair, line: number, values: Values): MatterField | Flaw {
  try {
    return { value: values.of(node), text: node === null ? '' : values.text(node), line, ...commentOf(node) };
  } catch (error) {
    if (!(error instanceof AliasError)) throw error;
    return {
      reason: error.message,
      line,
      ...(isAlias(node) && { text: values.written(node), value: values.written(node) }),
    };
  }
}

function matterOf(map: YAMLMap, values: Values, lineOf: (pair: Pair) => number): Matter {
  const fields = new Map<string, MatterField>();
  const flaws: Flaw[] = [];
  for (const pair of map.items) {
    if (!isScalar(pair.key)) continue;
    const [key, line] = [values.text(pair.key), lineOf(pair)];
    const field = fieldOf(pair, line, values);
    // Some readers of YAML refuse this, others take the last. The first is what a person reads, and what the fallback
    // takes as well, for which a second `name:` may be part of an example.
    if (fields.has(key)) flaws.push({ reason: 'a key is given twice; the first counts', line });
    else if ('value' in field) fields.set(key, field);
    if ('reason' in field) flaws.push({ reason: field.reason, line });
  }
  return { fields, flaws };
}

/**
 * Front matter that is YAML 1.2: a map of keys, known ones in the spelling that is known. Otherwise what is wrong with it, in words that quote nothing of it.
 *
 * @param firstLine line of the file at which it begins
 */
export function readYamlMatter(source: string, firstLine: number): Matter | Flaw {
  if (source.length > MAX_YAML_LENGTH) return { reason: 'it is too long', line: firstLine };
  const lineCounter = new LineCounter();
  const lineAt = (offset: number) => lineCounter.linePos(offset).line + firstLine - 1;
  try {
    const document = parseDocument(source, { lineCounter, prettyErrors: false, uniqueKeys: false, logLevel: 'silent' });
    const [error] = document.errors;
    if (error) return { reason: REASONS[error.code] ?? 'it cannot be read', line: lineAt(error.pos[0]) };
    const { contents } = document;
    if (contents === null) return { fields: new Map(), flaws: [] };
    if (!isMap(contents)) return { reason: 'it is not a list of keys', line: firstLine };
    const line = ({ key }: Pair) => lineAt((key as Node | null)?.range?.[0] ?? 0);
    return withKnownKeys(matterOf(contents, new Values(source), line));
  } catch (error) {
    // So many brackets within each other that the library runs out of stack.
    if (error instanceof RangeError) return { reason: 'it nests too deep', line: firstLine };
    throw error;
  }
}
