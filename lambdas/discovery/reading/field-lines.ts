import { knownKey, plainKey } from './known-keys.ts';

const KEY = /^([ \t]*)(["']?)(\p{L}[\p{L}\p{N}_-]{0,63})\2[ \t]*:(.*)$/u;

/** A line that may begin a field. */
export interface KeyLine {
  readonly indent: number;
  readonly written: string;
  /** The known key that it means, or itself. */
  readonly key: string;
  readonly rest: string;
}

/** The parts of a line that looks like `key: value`. */
export function keyLine(line: string): KeyLine | undefined {
  const [, indent = '', , written, rest = ''] = KEY.exec(line) ?? [];
  return written === undefined ? undefined : { indent: indent.length, written, key: knownKey(written), rest };
}

/** `context_window: 200000`, `maxTokens: 5`: no word of a sentence or a dialogue looks like this. */
const IDENTIFIER = /^[a-z]+(_[a-z\d]+|[A-Z][a-z\d]*)+$/;

/** What stands behind a key, but behind no word of a sentence: `{`, `[`, or the sign of a block. */
const COLLECTION = /^[ \t]*([[{]|[|>][+-]?[ \t]*(#.*)?$)/;

/** Keys that agents of some houses have, whatever is said behind them. */
const OF_AGENTS: ReadonlySet<string> = new Set(
  'argument-hint background category emoji enabled isolation memory mode role vibe'.split(' '),
);

/** Who speaks in examples, and words by which people begin a line of a text. */
const SPEAKERS: ReadonlySet<string> = new Set(
  (
    'user assistant context human example examples note notes commentary system ai bot agent claude customer developer ' +
    'scenario situation question answer query request response reply result input output action reason tip hint ' +
    'warning important caution usage when where why how then if else trigger triggers use before after goal task ' +
    'q a eg ie http https 用户 使用者 用戶 助手 助理 上下文 背景 示例 例子 例 注意 说明 場景 场景 問 答 问'
  ).split(' '),
);

/** Keys whose values are credentials, spelled in any way. */
const SECRET =
  /^(env|environment|headers?|auth|authorization|key|pat|pwd|dsn|pin)$|(api|access|secret|private|signing)key|token|secret|passw|passphrase|credential|bearer|cookie/;

export const isSecret = (written: string): boolean => SECRET.test(plainKey(written));

const wordsIn = (text: string): number => text.trim().split(/\s+/).length;

/** `dev`, `true`, `"a b"`, `[a]`, `a, b`: what stands behind keys, and is no sentence. */
export function isShortValue(rest: string): boolean {
  if (COLLECTION.test(rest)) return true;
  const text = rest.replace(/[ \t]#.*$/, '').trim();
  if (!/^[ \t]/.test(rest) || text === '') return false;
  if (/^(["'])[^"']*\1$/.test(text)) return true;
  if (/["'<>]|[.!?:,;。！？：]$/.test(text)) return false;
  const items = text.split(/[,;、，]/);
  return items.length === 1 ? wordsIn(text) <= 3 : items.every((item) => wordsIn(item) <= 2);
}

const isIndented = (line: string | undefined): boolean => /^[ \t]+\S/.test(line ?? '');

/** Whether something that is no text follows a key: a short value, or lines that are further in. */
export const isValue = ({ rest }: KeyLine, next: string | undefined): boolean =>
  rest.trim() === '' ? isIndented(next) : isShortValue(rest);

/**
 * Whether a line with a key that nobody knows begins a field, and does not go on with the text above it: lines of texts
 * begin with a capital letter or with who speaks, or go on as a sentence.
 */
export function looksLikeField(line: KeyLine, next: string | undefined): boolean {
  const { written } = line;
  if (isSecret(written)) return isValue(line, next) || wordsIn(line.rest) <= 3;
  if (IDENTIFIER.test(written) || OF_AGENTS.has(written)) return true;
  // Scripts without capital letters have short keys: a longer one is part of a sentence.
  const isKey = /^[a-z]/.test(written) || /^\p{Lo}{1,4}$/u.test(written);
  return isKey && !SPEAKERS.has(plainKey(written)) && isValue(line, next);
}

/** Whether a line tells how far in the keys stand. */
export const showsMargin = ({ written, key, rest }: KeyLine): boolean =>
  key !== written || (!SPEAKERS.has(plainKey(written)) && /^\p{Ll}|^\p{Lo}/u.test(written) && /^([ \t]|$)/.test(rest));
