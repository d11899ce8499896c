/**
 * Reads the named environment variables.
 *
 * @throws Error naming every variable that is missing or empty: a function that cannot work fails at its start.
 */
export function readEnvironment<Name extends string>(
  names: readonly Name[],
  source: Readonly<Record<string, string | undefined>> = process.env,
): Record<Name, string> {
  const missing = names.filter((name) => !source[name]);
  if (missing.length > 0) throw new Error(`Missing environment: ${missing.join(', ')}`);
  return Object.fromEntries(names.map((name) => [name, source[name]])) as Record<Name, string>;
}
