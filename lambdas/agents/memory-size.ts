const MULTIPLES = ['', 'k', 'm', 'g', 't'];

/** Bytes of a size such as `1024mb`, `56GB` or `512Mi`; a unit is 1,024 of the one before it. `NaN` for anything else. */
export function parseMemorySize(text: string): number {
  const [, amount, multiple = ''] = /^(\d+(?:\.\d+)?) ?([kmgt]?)i?b?$/i.exec(text) ?? [];
  return amount === undefined ? Number.NaN : Number(amount) * 1024 ** MULTIPLES.indexOf(multiple.toLowerCase());
}
