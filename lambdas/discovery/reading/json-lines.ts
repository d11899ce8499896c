import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { SPEC_NAMES } from '../../agents/spec-names.ts';

/** Larger documents are not read a second time for the sake of a line number. */
const MAX_LENGTH = 128 * 1024;

/** How a key may be spelled: as the contract does, or as the first specification does. */
function spellings(key: string): string[] {
  const others = Object.values(SPEC_NAMES).flatMap((names) =>
    Object.entries(names).flatMap(([theirs, ours]) => (ours === key ? [theirs] : [])),
  );
  return [key, ...others];
}

/** The node at a key or index of another, and where it begins. */
function childOf(node: unknown, key: string): { readonly node: unknown; readonly begin: Node } | undefined {
  if (isSeq(node)) {
    const item = node.items[Number(key)] as Node | undefined;
    return item && { node: item, begin: item };
  }
  if (!isMap(node)) return undefined;
  const names = spellings(key);
  const pair = node.items.find(({ key: name }) => isScalar(name) && names.includes(String(name.value)));
  return pair && { node: pair.value, begin: pair.key as Node };
}

/**
 * Tells the line, from 1, of a field in valid JSON by its dotted path: that of its key, or of the innermost object around
 * it that is there. JSON is YAML, whose library keeps the places. The text is read once, when the first line is asked
 * for.
 */
export function jsonLines(text: string): (field: string) => number | undefined {
  const lines = new LineCounter();
  let root: unknown;
  return (field) => {
    if (field === '' || text.length > MAX_LENGTH) return undefined;
    root ??= parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false }).contents;
    let node = root;
    let line: number | undefined;
    for (const key of field.split('.')) {
      const child = childOf(node, key);
      if (!child?.begin.range) break;
      node = child.node;
      line = lines.linePos(child.begin.range[0]).line;
    }
    return line;
  };
}
