import { InvalidArgumentError } from 'commander';

type Patch = { [key: string]: unknown };

function parsedValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Without a prototype, so that a path such as `__proto__.x` is a key like any other, which the API then refuses. */
const emptyPatch = (): Patch => Object.create(null) as Patch;

function isPatch(value: unknown): value is Patch {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Adds one `path=value` to a merge patch, for `--set`: the path's parts are separated by dots; a value that is JSON is
 * taken as such (`9`, `true`, `["Read"]`, `null`, which deletes), any other as text.
 *
 * @throws InvalidArgumentError when it is no assignment
 */
export function addAssignment(text: string, patch: Patch = emptyPatch()): Patch {
  const [, path, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  const keys = path?.split('.') ?? [];
  const last = keys.pop();
  if (!last || value === undefined || keys.includes('')) throw new InvalidArgumentError('It is not path=value.');
  let target = patch;
  for (const key of keys) {
    const child = target[key];
    const next = isPatch(child) ? child : emptyPatch();
    target[key] = next;
    target = next;
  }
  target[last] = parsedValue(value);
  return patch;
}
