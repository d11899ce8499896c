import { alone } from './processes/alone.ts';
import type { Measured } from './row.ts';

/** Milliseconds for each kind, twice: in less, one collection of the garbage of a cold start decides. */
const TIME = 1_000;

/** Requests a second through the read function's handler, one after the other, warm, in front of a table in memory. */
export async function requestsRows(size: number): Promise<Measured[]> {
  const rates = await alone<Record<string, number>>('requests-process.ts', [size, TIME]);
  const note = 'handler and answer as JSON, 30 to 69 agents of a search, 50 of a list; "again" is rendered once';
  return Object.entries(rates).map(([operation, ours]) => ({
    operation,
    size,
    unit: '/s',
    ours,
    naive: null,
    others: {},
    note,
  }));
}
