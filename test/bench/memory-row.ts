import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { HEAP_OPTION } from './processes/contestant.ts';
import type { Measured } from './row.ts';

const PROCESS = fileURLToPath(new URL('processes/memory-process.ts', import.meta.url));

async function bytesPerAgent(name: 'ours' | 'naive', size: number): Promise<number> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    HEAP_OPTION,
    '--expose-gc',
    PROCESS,
    name,
    `${size}`,
  ]);
  return Number(stdout);
}

/** Bytes that an agent takes in each index, in a fresh process each. They do not vary, so once is enough. */
export async function memoryRow(size: number): Promise<Measured> {
  const ours = await bytesPerAgent('ours', size);
  const naive = await bytesPerAgent('naive', size);
  const note = 'heap and what lies beside it, filled by changes and used: ids, names and texts of terms are in both';
  return { operation: 'memory-per-agent', size, unit: 'B', ours, naive, others: {}, note };
}
