/** Whether something may be asked about, by its name. */
export type Permits = (name: string) => boolean;

/**
 * Reads a list of what may be asked about: comma-separated names, whole or as `beginning*`.
 *
 * @param text absent or empty: nothing
 * @throws Error where an entry would permit everything
 */
export function parsePermitted(text = ''): Permits {
  const entries = text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
  const tooWide = entries.find((entry) => entry.startsWith('*') || entry.slice(0, -1).includes('*'));
  if (tooWide !== undefined) throw new Error(`"${tooWide}" permits too much: a name, or how names begin, then *`);
  const whole = new Set(entries.filter((entry) => !entry.endsWith('*')));
  const beginnings = entries.filter((entry) => entry.endsWith('*')).map((entry) => entry.slice(0, -1));
  return (name) => whole.has(name) || beginnings.some((beginning) => name.startsWith(beginning));
}
