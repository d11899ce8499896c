import { isSecret, isValue, type KeyLine, keyLine, looksLikeField, showsMargin } from './field-lines.ts';
import { dedented } from './front-matter.ts';
import { type KeyKind, kindOf } from './known-keys.ts';
import type { Matter, MatterField } from './matter.ts';
import type { Flaw } from './read-document.ts';
import { MAX_YAML_LENGTH, readYamlMatter } from './yaml-matter.ts';

const isIndented = (line: string | undefined): boolean => /^[ \t]+\S/.test(line ?? '');
const isBlank = (line: string): boolean => line.trim() === '';

/** The sign of a text below, maybe with a comment behind it. */
const BLOCK_SCALAR = /^([|>])[+-]?\d?[+-]?[ \t]*([ \t]#.*)?$/;

/** A key with the lines that belong to it. */
interface Block {
  readonly key: string;
  readonly kind: KeyKind;
  readonly index: number;
  readonly indent: number;
  /** Whether its lines below are a text by the sign of a block, `|` or `>`. */
  readonly isText: boolean;
  readonly lines: string[];
}

/** Goes through front matter line by line, and gathers the lines of each known key. */
class Blocks {
  readonly found = new Map<string, Block>();
  readonly flaws: Flaw[] = [];
  readonly #lines: readonly string[];
  readonly #firstLine: number;
  /** Where keys stand: as far in as the one that is least so. What is further in belongs to another key. */
  readonly #margin: number;
  readonly #lastExampleEnd: number;
  #current: Block | undefined;
  #inExample = false;

  constructor(lines: readonly string[], firstLine: number) {
    this.#lines = lines;
    this.#firstLine = firstLine;
    const shown = lines.map(keyLine).filter((line) => line !== undefined && (kindOf(line.key) || showsMargin(line)));
    this.#margin = shown.reduce((least, line) => Math.min(least, line?.indent ?? least), Number.POSITIVE_INFINITY);
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
  #begins(line: KeyLine, index: number): boolean {
    const current = this.#current;
    if (current?.kind === 'prose') return this.#endsProse(line, current, this.#lines[index + 1]);
    if (line.indent <= this.#margin) return true;
    return current?.kind === 'line' && line.indent <= this.#margin + 3 && this.#isNew(line.key);
  }

  #isNew(key: string): boolean {
    return kindOf(key) !== undefined && !this.found.has(key);
  }

  /** Whether a line ends the text above it. Examples are full of `word: text`. */
  #endsProse(line: KeyLine, current: Block, next: string | undefined): boolean {
    const { key, written, indent } = line;
    const isBelow = indent > Math.max(this.#margin, current.indent);
    if (isBelow && current.isText) return false;
    const isNew = this.#isNew(key);
    // What may hold credentials is no part of a text, wherever it stands.
    if (isSecret(written) || key === 'mcpServers') return looksLikeField(line, next) || (isNew && isValue(line, next));
    if (isBelow) return isNew && key === written && indent <= this.#margin + 4 && isValue(line, next);
    if (isNew) return key === written || isValue(line, next);
    return kindOf(key) === undefined ? looksLikeField(line, next) : key === current.key && key === written;
  }

  #begin({ key, indent, rest }: KeyLine, index: number, line: string): void {
    const kind = kindOf(key);
    this.#current = kind && {
      key,
      kind,
      index,
      indent,
      isText: BLOCK_SCALAR.test(rest.trim()),
      lines: [line.slice(indent)],
    };
    if (!this.#current) return;
    if (this.found.has(key)) {
      this.flaws.push({ reason: 'a key is given twice; the first counts', line: this.#firstLine + index });
    } else this.found.set(key, this.#current);
  }

  #continues(line: string, { kind, lines }: Block): boolean {
    if (kind === 'prose' || isBlank(line)) return true;
    if (isIndented(line)) return true;
    return kind !== 'line' && (/^-( |$)/.test(line) || /^[\]}]/.test(line) || /,[ \t]*$/.test(lines.at(-1) ?? ''));
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
function unquoted(text: string, kind: KeyKind): string {
  const quote = text[0];
  if (quote !== '"' && quote !== "'") return text;
  const isClosed = text.length > 1 && text.endsWith(quote);
  const inner = text.slice(1, isClosed ? -1 : undefined);
  if (inner.includes(quote) && !(isClosed && kind === 'prose')) return text;
  if (quote === "'") return inner.replaceAll("''", "'");
  return inner.replace(/\\([nt"\\/])/g, (_, letter: string) => ESCAPES[letter] ?? letter);
}

/** Lines of a `>` text become one where no blank line parts them. */
const folded = (text: string): string => text.replace(/([^\n])\n(?!\n)/g, '$1 ');

/** Lines without the comments at their end: they speak of the key that comes next. */
function withoutComments(lines: readonly string[]): readonly string[] {
  const last = lines.findLastIndex((line) => !isBlank(line) && !/^#([ \t]|$)/.test(line));
  return lines.slice(0, last + 1);
}

/** The text behind a key, as it is written. */
function rawText({ kind, lines: [first = '', ...others] }: Block): string {
  const rest = (keyLine(first)?.rest ?? '').trim();
  const style = BLOCK_SCALAR.exec(rest)?.[1];
  const below = withoutComments(dedented(others).map((line) => line.trimEnd()));
  if (style === '>') return folded(below.map((line) => line.trim()).join('\n')).trim();
  if (style === '|') return below.join('\n').trim();
  // A comment of YAML begins behind a space; in a text of many words it is as likely a number sign.
  const own = kind === 'line' && !/^["']/.test(rest) ? rest.replace(/(^|[ \t])#.*$/, '').trim() : rest;
  const text = kind === 'line' && own !== '' ? own : [own, ...below].join('\n').trim();
  // `name: "a",`, as in JSON.
  return unquoted(kind === 'line' ? text.replace(/^(["'])(.*)\1,$/, '$1$2$1') : text, kind);
}

/** A description without quotes is taken as it stands: what YAML calls a comment in it was hardly meant as one. */
const isPlainProse = ({ kind, lines }: Block): boolean =>
  kind === 'prose' && !/^["']/.test(keyLine(lines[0] ?? '')?.rest.trim() ?? '');

/** A block that is YAML when it stands alone is read as such; else its text is all that is known. */
function fieldOf(block: Block, line: number, mayBeYaml: boolean): MatterField {
  const text = rawText(block);
  if (isPlainProse(block)) return { value: text === '' ? null : text, text, line };
  const alone = mayBeYaml ? readYamlMatter(block.lines.join('\n'), line) : undefined;
  const field = alone && 'fields' in alone && alone.fields.size === 1 ? [...alone.fields.values()][0] : undefined;
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
