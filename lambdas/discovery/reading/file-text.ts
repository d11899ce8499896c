import type { Flaw } from './read-document.ts';

/** The text of a file. */
export interface FileText {
  readonly text: string;
  /** Bytes that are no text stand in it as U+FFFD. */
  readonly flaw?: Flaw;
}

/** Byte order marks of the encodings that editors save beside UTF-8. */
const UTF_16 = [
  { label: 'utf-16le', mark: [0xff, 0xfe] },
  { label: 'utf-16be', mark: [0xfe, 0xff] },
] as const;

const REPLACEMENT = '\uFFFD';

/** The line, from 1, of a place in a text; every kind of line end counts once. */
export const lineAt = (text: string, index: number): number => text.slice(0, index).split(/\r\n|\r|\n/).length;

/** The text of bytes, without its byte order mark: UTF-16 where they begin with its mark, else UTF-8. */
export function decodeFile(bytes: Uint8Array): FileText {
  const utf16 = UTF_16.find(({ mark }) => mark.every((byte, index) => bytes[index] === byte));
  const text = new TextDecoder(utf16?.label ?? 'utf-8').decode(bytes);
  const damage = text.indexOf(REPLACEMENT);
  // A text may hold U+FFFD itself; only damage makes a strict decoder stop.
  if (damage === -1 || isSound(bytes, utf16?.label ?? 'utf-8')) return { text };
  const line = lineAt(text, damage);
  return { text, flaw: { reason: 'it is not a text in UTF-8: bytes that are none were replaced', line } };
}

function isSound(bytes: Uint8Array, label: string): boolean {
  try {
    new TextDecoder(label, { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}
