import { alone } from './processes/alone.ts';
import type { SnapshotFigures } from './processes/snapshot-process.ts';
import type { Measured } from './row.ts';

/** How large a snapshot is for each agent, and how long it takes to make and to read: ours against JSON of all digests. */
export async function snapshotRows(size: number): Promise<Measured[]> {
  const { ours, naive, zstd } = await alone<{ ours: SnapshotFigures; naive: SnapshotFigures; zstd: number }>(
    'snapshot-process.ts',
    [size],
  );
  return [
    {
      operation: 'snapshot-bytes',
      size,
      unit: 'B',
      ours: ours.bytes / size,
      naive: naive.bytes / size,
      others: { 'JSON in zstd': zstd / size },
      note: 'for each agent; the naive one is JSON',
    },
    { operation: 'snapshot-encode', size, unit: 'ms', ours: ours.encode, naive: naive.encode, others: {} },
    {
      operation: 'snapshot-decode',
      size,
      unit: 'ms',
      ours: ours.decode,
      naive: naive.decode,
      others: {},
      note: 'until a question is answered; ours decodes postings and names when they are asked for',
    },
  ];
}
