import { alone } from './processes/alone.ts';
import type { Measured } from './row.ts';

/** Bytes that an agent takes in each index, in a fresh process each. They do not vary, so once is enough. */
export async function memoryRow(size: number): Promise<Measured> {
  const ours = await alone<number>('memory-process.ts', ['ours', size]);
  const naive = await alone<number>('memory-process.ts', ['naive', size]);
  const note = 'heap and what lies beside it, filled by changes and used: ids, names and texts of terms are in both';
  return { operation: 'memory-per-agent', size, unit: 'B', ours, naive, others: {}, note };
}
