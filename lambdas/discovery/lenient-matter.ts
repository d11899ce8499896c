import { dedented } from './front-matter.ts';
import type { Matter, MatterField } from './matter.ts';
import type { Flaw } from './read-document.ts';
import { MAX_YAML_LENGTH, readYamlMatter } from './yaml-matter.ts';

/** How the lines behind a key are read: its own line, a text of many lines, a list or map below it, or not at all. */
type Kind = 'line' | 'prose' | 'block' | 'unread';

const keys = (kind: Kind, names: string): [string, Kind][] => names.split(' ').map((name) => [name, kind]);

/** Keys of agent files. Only these begin a field at the left margin, because examples are full of `word: text`. */
const KNOWN: ReadonlyMap<string, Kind> = new Map([
  ...keys('line', 'name model color priority version type specialization effort temperature author license'),
  ...keys('line', 'resource_limit resourceLimit conflict_resolution conflictResolution permissionMode maxTurns'),
  ...keys('prose', 'description'),
  ...keys('block', 'tools allowed-tools allowedTools disallowedTools disallowed-tools capabilities skills tags'),
  ...keys('block', 'mcp_servers mcpServers mcp-servers hooks'),
  // They hold credentials, and must not become part of a description that stands before them.
  ...keys('unread', 'env environment headers'),
]);

const KEY = /^([ \t]*)(["']?)([A-Za-z][\w-]{0,63})\2[ \t]*:(.*)$/;

/** `context_window: 200000`, `maxTokens: 5`: no word of a sentence or a dialogue looks like this. */
const IDENTIFIER = /^[a-z]+(_[a-z\d]+|[A-Z][a-z\d]*)+$/;

/** What stands behind a key, but behind no word of a sentence: `{`, `[`, or the sign of a block. */
const COLLECTION = /^[ \t]*([[{]|[|>][+-]?[ \t]*$)/;

interface KeyLine {
  readonly indent: number;
  readonly key: string;
  readonly rest: string;
}

function keyLine(line: string): KeyLine | undefined {
  const [, indent = '', , key, rest = ''] = KEY.exec(line) ?? [];
  return key === undefined ? undefined : { indent: indent.length, key, rest };
}

const isIndented = (line: string | undefined): boolean => /^[ \t]+\S/.test(line ?? '');
const isBlank = (line: string): boolean => line.trim() === '';

/** A key with the lines that belong to it. */
interface Block {
  readonly key: string;
  readonly kind: Kind;
  readonly index: number;
  readonly lines: string[];
}

/** Goes through front matter line by line, and gathers the lines of each known key. */
class Blocks {
  readonly found = new Map<string, Block>();
  readonly flaws: Flaw[] = [];
  readonly #lines: readonly string[];
  readonly #firstLine: number;
  /** Where keys stand: as far in as the first one that is known. */
  readonly #margin: number;
  readonly #lastExampleEnd: number;
  #current: Block | undefined;
  #inExample = false;

  constructor(lines: readonly string[], firstLine: number) {
    this.#lines = lines;
    this.#firstLine = firstLine;
    const first = lines.map(keyLine).find((line) => line !== undefined && KNOWN.has(line.key));
    this.#margin = first?.indent ?? 0;
    this.#lastExampleEnd = lines.findLastIndex((line) => line.includes('</example>'));
    for (const [index, line] of lines.entries()) this.#read(line, index);
  }

  #read(line: string, index: number): void {
    const key = this.#inExample ? undefined : keyLine(line);
    if (key && this.#begins(key, index)) this.#begin(key, index, line);
    else if (this.#current && this.#continues(line, this.#current)) this.#current.lines.push(line);
    else this.#current = undefined;
    this.#watchExamples(line, index);
  }

  /** Whether a line begins another field, known or not. */
  #begins({ indent, key, rest }: KeyLine, index: number): boolean {
    const kind = this.#current?.kind;
    if (indent > this.#margin) return kind === 'line' && indent <= this.#margin + 3 && this.#isNew(key);
    if (kind !== 'prose') return true;
    if (KNOWN.has(key)) return !this.found.has(key) || key === this.#current?.key;
    if (IDENTIFIER.test(key)) return true;
    return /^[a-z]/.test(key) && (COLLECTION.test(rest) || (isBlank(rest) && isIndented(this.#lines[index + 1])));
  }

  #isNew(key: string): boolean {
    return KNOWN.has(key) && !this.found.has(key);
  }

  #begin({ key, indent }: KeyLine, index: number, line: string): void {
    const kind = KNOWN.get(key);
    this.#current = kind && { key, kind, index, lines: [line.slice(indent)] };
    if (!this.#current) return;
    if (this.found.has(key)) {
      this.flaws.push({ reason: 'a key is given twice; the first counts', line: this.#firstLine + index });
    } else this.found.set(key, this.#current);
  }

  #continues(line: string, { kind, lines }: Block): boolean {
    if (kind === 'prose' || isBlank(line)) return true;
    if (isIndented(line)) return true;
    return kind !== 'line' && (/^- /.test(line) || /^[\]}]/.test(line)) && lines.length > 0;
  }

  /** Within `<example>` and its end nothing is a key; a beginning without an end counts for nothing. */
  #watchExamples(line: string, index: number): void {
    if (this.#current?.kind !== 'prose') this.#inExample = false;
    else if (line.lastIndexOf('</example>') > line.lastIndexOf('<example')) this.#inExample = false;
    else if (line.includes('<example') && index < this.#lastExampleEnd) this.#inExample = true;
  }
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', '"': '"', '\\': '\\', '/': '/' };

/**
 * A text without the quotes around it, also where the last one was forgotten.
 *
 * @param kind of prose only the first and the last quote count; of anything else others make it more than one text
 */
function unquoted(text: string, kind: Kind): string {
  const quote = text[0];
  if (quote !== '"' && quote !== "'") return text;
  const isClosed = text.length > 1 && text.endsWith(quote);
  const inner = text.slice(1, isClosed ? -1 : undefined);
  if (inner.includes(quote) && !(isClosed && kind === 'prose')) return text;
  if (quote === "'") return inner.replaceAll("''", "'");
  return inner.replace(/\\([nt"\\/])/g, (_, letter: string) => ESCAPES[letter] ?? letter);
}

const BLOCK_SCALAR = /^([|>])[+-]?\d?[+-]?[ \t]*$/;

/** Lines of a `>` text become one where no blank line parts them. */
const folded = (text: string): string => text.replace(/([^\n])\n(?!\n)/g, '$1 ');

/** Lines without the comments at their end: they speak of the key that comes next. */
function withoutComments(lines: readonly string[]): readonly string[] {
  const last = lines.findLastIndex((line) => !isBlank(line) && !/^#([ \t]|$)/.test(line));
  return lines.slice(0, last + 1);
}

/** The text behind a key, as it is written. */
function rawText({ key, kind, lines: [first = '', ...others] }: Block): string {
  const rest = (keyLine(first)?.rest ?? first.slice(key.length + 1)).trim();
  const style = BLOCK_SCALAR.exec(rest)?.[1];
  const below = withoutComments(dedented(others).map((line) => line.trimEnd()));
  if (style === '>') return folded(below.map((line) => line.trim()).join('\n')).trim();
  if (style === '|') return below.join('\n').trim();
  // A comment of YAML begins behind a space; in a text of many words it is as likely a number sign.
  const own = kind === 'line' && !/^["']/.test(rest) ? rest.replace(/(^|[ \t])#.*$/, '').trim() : rest;
  const text = kind === 'line' && own !== '' ? own : [own, ...below].join('\n').trim();
  return unquoted(text, kind);
}

/** A description without quotes is taken as it stands: what YAML calls a comment in it was hardly meant as one. */
const isPlainProse = ({ kind, lines }: Block): boolean =>
  kind === 'prose' && !/^["']/.test(keyLine(lines[0] ?? '')?.rest.trim() ?? '');

/** A block that is YAML when it stands alone is read as such; else its text is all that is known. */
function fieldOf(block: Block, line: number, mayBeYaml: boolean): MatterField {
  const text = rawText(block);
  if (isPlainProse(block)) return { value: text === '' ? null : text, text, line };
  const alone = mayBeYaml ? readYamlMatter(block.lines.join('\n'), line) : undefined;
  const field = alone && 'fields' in alone && alone.fields.size === 1 ? alone.fields.get(block.key) : undefined;
  return field ?? { value: text, text, line };
}

/**
 * Front matter that is not YAML, as its author meant it: the known keys at the left margin, each with the lines behind
 * it. A description may go on over many lines, with colons, quotes, examples and blank lines; of a key that comes twice
 * the first counts. Other keys are not read. Takes time in proportion to its length.
 *
 * @param firstLine line of the file at which it begins
 */
export function readLenientMatter(source: string, firstLine: number): Matter {
  const { found, flaws } = new Blocks(source.split('\n'), firstLine);
  const fields = new Map<string, MatterField>();
  // All fields together take no longer than a whole document may.
  let read = 0;
  for (const [key, block] of found) {
    read += block.lines.reduce((length, line) => length + line.length + 1, 0);
    if (block.kind !== 'unread') fields.set(key, fieldOf(block, firstLine + block.index, read <= MAX_YAML_LENGTH));
  }
  return { fields, flaws };
}
