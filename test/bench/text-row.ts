import { alone } from './processes/alone.ts';
import type { Measured } from './row.ts';

/** A search for the words of a capability in names and descriptions. Each library ranks in its own way: none is checked. */
export async function textRow(size: number, time: number): Promise<Measured> {
  const { ours = null, ...others } = await alone<Record<string, number>>('text-process.ts', [size, time]);
  const note =
    'ours is MiniSearch, told to take beginnings and slips of the pen as well, and every script; the others as they come';
  return {
    operation: 'text-search',
    size,
    unit: 'µs',
    ours,
    naive: null,
    others: others as Record<string, number>,
    note,
  };
}
