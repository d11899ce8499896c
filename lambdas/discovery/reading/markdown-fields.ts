import { cleanLine, cleanText } from '../../agents/clean-text.ts';
import { isObject } from '../../agents/merge.ts';
import { listOfText, partedItem, rejoined } from '../../agents/text-list.ts';
import type { MatterField } from './matter.ts';

/** What a field becomes; `undefined`: it says nothing. `isMended`: not all of it could be understood. */
export interface ReadField {
  readonly value: unknown;
  readonly isMended?: boolean;
}

const NOTHING: ReadField = { value: undefined };
const LOST: ReadField = { value: undefined, isMended: true };

const isEmpty = ({ value }: MatterField): boolean => value === null || value === undefined;

/** Words for priorities, of the first specification ("priority_scheduling") and of other houses. */
const PRIORITIES: Readonly<Record<string, number>> = {
  critical: 10,
  urgent: 10,
  highest: 10,
  important: 8,
  high: 8,
  normal: 5,
  medium: 5,
  moderate: 5,
  default: 5,
  low: 2,
  minor: 2,
  lowest: 1,
};

function readPriority(field: MatterField): ReadField {
  if (isEmpty(field)) return NOTHING;
  const word = field.text.trim().toLowerCase();
  const number = Object.hasOwn(PRIORITIES, word) ? PRIORITIES[word] : Number(word || Number.NaN);
  return number !== undefined && Number.isInteger(number) && number >= 1 && number <= 10 ? { value: number } : LOST;
}

/** What switches a tool off; `{Read, Write}` switches nothing. */
const OFF: readonly unknown[] = [false, 'false', 'off', 'no', 'deny'];

/** A list of a text, of YAML, or the keys of a map that are not switched off. */
function itemsOf({ value, text }: MatterField): { readonly items: readonly unknown[]; readonly isMended: boolean } {
  if (Array.isArray(value)) return { items: value, isMended: false };
  if (!isObject(value)) return { items: listOfText(text), isMended: false };
  const on = Object.entries(value).filter(([, setting]) => !OFF.includes(setting));
  return { items: on.map(([key]) => key), isMended: true };
}

const hasOpenBracket = (text: string): boolean => text.lastIndexOf('(') > text.lastIndexOf(')');

/** Items of a YAML list need not be texts: `- 42`, `- Bash: {…}`. */
function textOfItem(item: unknown): string | undefined {
  if (typeof item === 'string' || typeof item === 'number' || typeof item === 'boolean') return cleanLine(String(item));
  const [entry] = isObject(item) ? Object.entries(item) : [];
  if (entry === undefined) return undefined;
  // YAML takes `Bash(npm run build: prod)` for a key and its value.
  const [key, value] = entry;
  return cleanLine(hasOpenBracket(key) && typeof value !== 'object' ? `${key}: ${value}` : key);
}

function readList(field: MatterField): ReadField {
  if (isEmpty(field)) return NOTHING;
  const { items, isMended } = itemsOf(field);
  const texts = items.map(textOfItem).filter((text) => text !== undefined && text !== '');
  return { value: texts, isMended: isMended || texts.length < items.length };
}

/** A list of tools: brackets keep together what stands in them, whatever YAML makes of that; commas part any item. */
function readToolList(field: MatterField): ReadField {
  const { text, comment } = field;
  const isCut = comment !== undefined && hasOpenBracket(text);
  const { value, isMended = false } = readList(isCut ? { ...field, text: `${text} #${comment}` } : field);
  if (!Array.isArray(value)) return { value, isMended };
  if (value.length === 0 && isObject(field.value) && Object.keys(field.value).length > 0) return LOST;
  const tools = Array.isArray(field.value) ? rejoined(value).flatMap(partedItem) : value;
  return { value: tools, isMended: isMended || isCut };
}

/**
 * Tools: absent or without a value means that the agent inherits all, and stays absent, as it does where a map only
 * switches some off; `*` and `all` mean all, and are `["*"]`; `[]`, an empty text and `none` mean none, and are `[]`.
 */
function readTools(field: MatterField): ReadField {
  if (isEmpty(field)) return NOTHING;
  if (typeof field.value === 'boolean') return { value: field.value ? ['*'] : [], isMended: true };
  const text = isObject(field.value) || Array.isArray(field.value) ? '' : field.text.trim().toLowerCase();
  if (['*', 'all', 'all tools'].includes(text)) return { value: ['*'] };
  return text === 'none' ? { value: [] } : readToolList(field);
}

/** Scalars as they are written: `1.10` stays `1.10`. */
function readLine(field: MatterField): ReadField {
  if (isEmpty(field)) return NOTHING;
  if (typeof field.value === 'object') return LOST;
  const text = cleanLine(field.text);
  return text === '' ? NOTHING : { value: text };
}

/** A text of many lines; a list or map stands as it is written. */
function readText(field: MatterField): ReadField {
  if (isEmpty(field)) return NOTHING;
  const text = cleanText(field.text).trim();
  return text === '' ? NOTHING : { value: text, isMended: typeof field.value === 'object' };
}

const CAPABILITY_LISTS = ['core', 'enhancements', 'domains', 'actions'];

/** A list means `core`; a map names the lists. */
function readCapabilities(field: MatterField): ReadField {
  const { value } = field;
  if (!isObject(value)) {
    const { value: core, isMended = false } = readList(field);
    return core === undefined ? NOTHING : { value: { core }, isMended };
  }
  const known = CAPABILITY_LISTS.filter((key) => value[key] !== undefined && value[key] !== null);
  const read = known.map((key) => {
    const part = value[key];
    return [key, readList({ value: part, text: typeof part === 'string' ? part : '', line: field.line })] as const;
  });
  return {
    value: Object.fromEntries(read.map(([key, list]) => [key, list.value])),
    isMended: known.length < Object.keys(value).length || read.some(([, { isMended }]) => isMended),
  };
}

/** How each known field of front matter is read; others are taken as YAML gives them. */
export const MARKDOWN_FIELDS: Readonly<Record<string, (field: MatterField) => ReadField>> = {
  capabilities: readCapabilities,
  color: readLine,
  conflictResolution: readLine,
  description: readText,
  model: readLine,
  priority: readPriority,
  resourceLimit: readLine,
  specialization: readLine,
  tools: readTools,
  type: readLine,
  version: readLine,
};
