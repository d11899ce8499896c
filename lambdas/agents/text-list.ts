const OPENING = '([{';
const CLOSING = ')]}';

/** Where a text may be parted: at each place that is in no brackets. `undefined` where brackets do not match. */
function outsideBrackets(text: string, separates: (character: string) => boolean): number[] | undefined {
  const places: number[] = [];
  let depth = 0;
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charAt(index);
    if (OPENING.includes(character)) depth += 1;
    else if (CLOSING.includes(character)) depth -= 1;
    else if (depth === 0 && separates(character)) places.push(index);
    if (depth < 0) return undefined;
  }
  return depth === 0 ? places : undefined;
}

function partedAt(text: string, places: readonly number[]): string[] {
  const ends = [...places, text.length];
  return ends.map((end, index) => text.slice(index === 0 ? 0 : (ends[index - 1] ?? 0) + 1, end));
}

/** Parts a text, but not inside brackets; where these do not match, they mean nothing. */
function parted(text: string, separator: RegExp): string[] {
  const places = outsideBrackets(text, (character) => separator.test(character));
  return places === undefined ? text.split(separator) : partedAt(text, places);
}

const QUOTED = /^(["'`])(.*)\1$/s;
const BULLET = /^[-*+] +/;

const bare = (item: string): string => {
  const trimmed = item.trim().replace(BULLET, '').trim();
  return QUOTED.exec(trimmed)?.[2] ?? trimmed;
};

/** `[a, b]` that stands as a text; also where its end was forgotten. */
const unbracketed = (text: string): string => {
  const inner = /^\[(.*)\]$/s.exec(text)?.[1];
  return inner ?? (text.startsWith('[') && !text.includes(']') ? text.slice(1) : text);
};

/** What people put between the items of a list, besides line ends and spaces. */
const COMMAS = /[,;、，；]/;

/** Whether every line is an item of its own, with a bullet. */
const isBulleted = (text: string): boolean =>
  text.split('\n').every((line) => line.trim() === '' || /^\s*[-*+] /.test(line));

/**
 * The items of a list that is written as a text: `Read, Bash(git add:*, git commit:*)`. Commas part them; where there are
 * none, line ends do; where there are none either, spaces: no tool or server has a name of two words. Brackets keep
 * together what stands in them.
 */
export function listOfText(text: string): string[] {
  const inner = unbracketed(text.trim());
  const separators = isBulleted(inner) ? [/\n/] : [COMMAS, /\n/, /\s/];
  const parts = separators.map((separator) => parted(inner, separator)).find((found) => found.length > 1) ?? [inner];
  return parts.map(bare).filter((item) => item !== '');
}

const depthOf = (text: string): number => (text.match(/\(/g)?.length ?? 0) - (text.match(/\)/g)?.length ?? 0);

/** Items of a list that were parted within their brackets, `Bash(git add:*` and `git commit:*)`, put together again. */
export function rejoined(items: readonly string[]): string[] {
  // Brackets that never match mean nothing.
  if (items.reduce((depth, item) => depth + depthOf(item), 0) !== 0) return [...items];
  const whole: string[] = [];
  let open: string[] = [];
  let depth = 0;
  for (const item of items) {
    open.push(item);
    depth += depthOf(item);
    if (depth > 0) continue;
    whole.push(open.join(', '));
    [open, depth] = [[], 0];
  }
  return [...whole, ...open];
}

/** An item of a list that holds several, with commas between them. */
export const partedItem = (item: string): string[] =>
  parted(item, COMMAS)
    .map(bare)
    .filter((part) => part !== '');
