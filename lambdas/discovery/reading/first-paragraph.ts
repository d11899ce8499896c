const FENCE = /^ {0,3}(`{3,}|~{3,})/;
/** Also `#Title`, which is none by the letter, but was meant as one. */
const HEADING = /^ {0,3}#{1,6}([ \t]|$|\p{L})/u;
const UNDERLINE = /^ {0,3}(=+|-+|(?:[*_] ?){3,})[ \t]*$/;
const LIST_ITEM = /^[ \t]*([-*+]|\d{1,9}[.)])[ \t]+/;
const QUOTE = /^ {0,3}> ?/;
/** Tables, images, badges and lines of HTML are no sentences. */
const NO_PROSE = /^[ \t]*(\||!\[|\[!\[|<)/;

/** Lines without fenced code, and without comments, which may go over many lines. */
function readable(body: string): string[] {
  const lines: string[] = [];
  let fence: string | undefined;
  let inComment = false;
  for (const line of body.split('\n')) {
    const mark = FENCE.exec(line)?.[1];
    if (inComment) inComment = !line.includes('-->');
    else if (fence !== undefined) fence = mark?.startsWith(fence) ? undefined : fence;
    else if (mark !== undefined) fence = mark;
    else if (line.trimStart().startsWith('<!--')) inComment = !line.includes('-->');
    else {
      lines.push(line.replace(QUOTE, ''));
      continue;
    }
    lines.push('');
  }
  return lines;
}

const isProse = (line: string): boolean =>
  line.trim() !== '' && !HEADING.test(line) && !UNDERLINE.test(line) && !LIST_ITEM.test(line) && !NO_PROSE.test(line);

/** Prose from the first line of which `begins` holds, to where the paragraph ends; empty where there is none. */
function paragraphFrom(lines: readonly string[], begins: (line: string, index: number) => boolean): string {
  const first = lines.findIndex(begins);
  if (first === -1) return '';
  const end = lines.findIndex((line, index) => index > first && !isProse(line));
  const paragraph = lines.slice(first, end === -1 ? undefined : end).map((line) => line.trim());
  return paragraph.join(' ').replace(LIST_ITEM, '').trim();
}

/** A line above a ruler of `=` or `-` is a heading. */
const isUnderlined = (lines: readonly string[], index: number): boolean =>
  /^ {0,3}(=+|-+)[ \t]*$/.test(lines[index + 1] ?? '');

/**
 * The first paragraph of Markdown, as one line: no heading, code, comment, table or image, and a list's first item only
 * where there is no other text. Empty where there is nothing to read.
 */
export function firstParagraph(body: string): string {
  const lines = readable(body);
  const prose = paragraphFrom(lines, (line, index) => isProse(line) && !isUnderlined(lines, index));
  return prose || paragraphFrom(lines, (line) => LIST_ITEM.test(line) && !UNDERLINE.test(line));
}
