import { alone } from './processes/alone.ts';
import { type Measured, median } from './row.ts';

/** From so many agents on, the room in store is no part that counts, and filling the naive index takes a minute. */
const ONCE_FROM = 1_000_000;

/** Bytes that an agent takes in each index: medians of so many fresh processes, as room that is held in store varies. */
export async function memoryRow(size: number, processes: number): Promise<Measured> {
  const ours: number[] = [];
  const naive: number[] = [];
  const runs = size < ONCE_FROM ? processes : 1;
  for (let n = 0; n < runs; n += 1) {
    ours.push(await alone<number>('memory-process.ts', ['ours', size]));
    naive.push(await alone<number>('memory-process.ts', ['naive', size]));
  }
  const note = 'heap and what lies beside it, filled by changes and used: ids, names and texts of terms are in both';
  return { operation: 'memory-per-agent', size, unit: 'B', ours: median(ours), naive: median(naive), others: {}, note };
}
