/** The one in the middle: a machine that was busy for a moment does not move it. */
export const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;

/** Tells whoever runs the tests what was measured. */
export const told = (what: string, measured: unknown): void => {
  process.stderr.write(`${what}: ${JSON.stringify(measured)}\n`);
};
