import { isShortValue, keyLine } from './field-lines.ts';
import { kindOf } from './known-keys.ts';
import type { Flaw } from './read-document.ts';

/** Markdown taken apart. */
export interface FrontMatter {
  /** The lines between the two rulers, not indented. */
  readonly matter: string;
  /** Line of the file, from 1, at which `matter` begins. */
  readonly firstLine: number;
  /** Everything behind it. */
  readonly body: string;
  readonly flaws: readonly Flaw[];
}

/** `---`, however long or far in; also as word processors write it, or with the name of the language. */
const RULER = /^([ \t]*)(-{3,}|[–—]{1,3})(?:[ \t]*ya?ml)?[ \t\u00A0]*$/i;

/** YAML may also end a document with dots. */
const END = /^([ \t]*)(-{3,}|–{2,3}|—{1,3}|\.\.\.)[ \t\u00A0]*$/;

/** What may stand before the ruler: nothing to see, comments, and the fence of a file that is all in one. */
const INVISIBLE = /^(?:\uFEFF|\u200B|\u200C|\u200D|\u2060)+/;
const COMMENT_LINE = /^[ \t]*#(?!#)|^[ \t]*<!--[^>]*-->[ \t]*$/;
const FENCE = /^[ \t]*(`{3,}|~{3,})[ \t]*(markdown|md)?[ \t]*$/i;

const INDENTATION = /^[ \t]*/;

const indentationOf = (line: string): number => INDENTATION.exec(line)?.[0].length ?? 0;

const isBlank = (line: string): boolean => line.trim() === '';

/** Lines without the indentation that all of them have. */
export function dedented(lines: readonly string[]): string[] {
  const said = lines.filter((line) => !isBlank(line));
  const common = said.reduce((least, line) => Math.min(least, indentationOf(line)), Number.POSITIVE_INFINITY);
  return lines.map((line) => line.slice(Math.min(common, indentationOf(line))));
}

const KEY = /^[ \t]*["']?[A-Za-z][\w-]*["']?[ \t]*:/;

/** Keys that stand behind a description; a name behind a blank line may be anything's. */
function isLaterKey(line: string): boolean {
  const { key, written, indent, rest } = keyLine(line) ?? {};
  if (key === undefined || indent !== 0 || key === 'name' || key === 'description') return false;
  return key === written && kindOf(key) !== undefined && (rest?.trim() === '' || isShortValue(rest ?? ''));
}

/**
 * Where front matter that nothing closes must end: before a blank line, or a heading, which is no comment above a key.
 * A description may have blank lines in it: where known keys follow before any heading, it goes on to the last of them.
 */
function guessedEnd(lines: readonly string[], from: number): number {
  const isHeading = (line: string, index: number) => /^#{1,6} /.test(line) && !KEY.test(lines[index + 1] ?? '');
  const endFrom = (begin: number, isEnd: (line: string, index: number) => boolean): number => {
    const end = lines.findIndex((line, index) => index > begin && isEnd(line, index));
    return end === -1 ? lines.length : end;
  };
  const begin = lines.findIndex((line, index) => index >= from && !isBlank(line));
  if (begin === -1) return lines.length;
  const end = endFrom(begin, (line, index) => isBlank(line) || isHeading(line, index));
  if (!lines.slice(begin, end).some((line) => line.startsWith('description:'))) return end;
  const last = lines.slice(0, endFrom(begin, isHeading)).findLastIndex(isLaterKey);
  return last < end ? end : endFrom(last, (line, index) => isBlank(line) || isHeading(line, index));
}

interface Extent {
  /** Index of the opening ruler, of the first line that is no longer front matter, and of the body's first. */
  readonly open: number;
  readonly end: number;
  readonly body: number;
  readonly flaws: readonly Flaw[];
}

/** Index of the first line that may be a ruler: behind blank lines and comments, and behind one fence. */
function firstSaying(lines: readonly string[]): number {
  let inComment = false;
  let isFenced = false;
  return lines.findIndex((line) => {
    if (inComment) {
      inComment = !line.includes('-->');
      return false;
    }
    if (isBlank(line) || COMMENT_LINE.test(line)) return false;
    inComment = line.trimStart().startsWith('<!--') && !line.includes('-->');
    const opensFence = !isFenced && FENCE.test(line);
    isFenced ||= opensFence;
    return !inComment && !opensFence;
  });
}

/** What readers of front matter do not agree on in a ruler that was found. */
const isOdd = (line: string): boolean => /[–—\u00A0]|ya?ml/i.test(line);

function extentOf(lines: readonly string[]): Extent | undefined {
  const open = firstSaying(lines);
  const [, indent = '', opening] = RULER.exec(lines[open] ?? '') ?? [];
  if (opening === undefined) return undefined;
  const flaws: Flaw[] = [];
  const flaw = (reason: string, index: number) => flaws.push({ reason, line: index + 1 });
  if (open > 0) flaw('its front matter does not begin on the first line', open);
  if (isOdd(lines[open] ?? '')) flaw('its front matter is not opened by three dashes alone', open);
  if (indent !== '') flaw('its front matter is indented', open);
  if (opening.length > 3) flaw('its front matter is opened by more than three dashes', open);
  // A ruler that is further in than the opening one belongs to a value.
  const end = lines.findIndex(
    (line, index) => index > open && (END.exec(line)?.[1]?.length ?? Number.POSITIVE_INFINITY) <= indent.length,
  );
  if (end === -1) {
    flaw('its front matter is never closed', open);
    const guessed = guessedEnd(lines, open + 1);
    return { open, end: guessed, body: guessed, flaws };
  }
  if (isOdd(lines[end] ?? '')) flaw('its front matter is not closed by three dashes alone', end);
  if ((lines[end] ?? '').trim().length > 3) flaw('its front matter is closed by more than three dashes', end);
  return { open, end, body: end + 1, flaws };
}

/**
 * Parts Markdown into front matter and body; `undefined` where it does not begin with a ruler.
 *
 * What readers of front matter agree on is read silently; blank lines before it, indentation, long rulers and a ruler
 * that is missing are flaws, since others may not find it then.
 *
 * @param text with `\n` as its only line end
 */
export function splitFrontMatter(text: string): FrontMatter | undefined {
  const visible = text.replace(INVISIBLE, '');
  const lines = visible.split('\n');
  const extent = extentOf(lines);
  if (!extent) return undefined;
  const { open, end, body } = extent;
  const unseen = { reason: 'characters that nobody sees stand before its front matter', line: 1 };
  const flaws = visible === text ? extent.flaws : [unseen, ...extent.flaws];
  const matter = lines.slice(open + 1, end);
  const unindented = dedented(matter);
  // YAML refuses tabs where it counts spaces; here they only stand before all keys alike.
  const hasTabs = matter.some((line, index) =>
    line.slice(0, line.length - (unindented[index] ?? '').length).includes('\t'),
  );
  return {
    matter: unindented.join('\n'),
    firstLine: open + 2,
    body: lines.slice(body).join('\n'),
    flaws: hasTabs ? [...flaws, { reason: 'its front matter is indented by tabs', line: open + 2 }] : flaws,
  };
}
