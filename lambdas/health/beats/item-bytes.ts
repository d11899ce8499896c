/** Significant digits of a number: two of them take a byte. */
const digitsOf = (value: number): number =>
  value
    .toExponential()
    .replace(/e.*$/, '')
    .replaceAll(/[^0-9]/g, '').length;

/**
 * Bytes that a value takes in an item, at most (DynamoDB developer guide, "Item sizes and formats"): texts in UTF-8, a
 * number a byte for two digits and two more, lists and maps three and one for each thing in them, and their names.
 */
export function itemBytes(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value === 'number') return Math.ceil(digitsOf(value) / 2) + 2;
  if (Array.isArray(value)) return value.reduce((sum: number, one) => sum + itemBytes(one) + 1, 3);
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).reduce((sum, [name, one]) => sum + Buffer.byteLength(name) + itemBytes(one) + 1, 3);
  }
  return 1;
}
