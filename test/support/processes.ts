import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

type Row = { readonly pid: number; readonly parent: number; readonly state: string };

async function table(): Promise<Row[]> {
  const { stdout } = await run('ps', ['-A', '-o', 'pid=,ppid=,stat=']);
  return stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .map(([pid, parent, state = '']) => ({ pid: Number(pid), parent: Number(parent), state }));
}

/** Every process that the given one started, or that those started, in turn. */
export async function descendantsOf(pid: number): Promise<number[]> {
  const rows = await table();
  const below = (parent: number): number[] =>
    rows.filter((row) => row.parent === parent).flatMap((row) => [row.pid, ...below(row.pid)]);
  return below(pid);
}

/** Those of the given processes that still run; one that has ended and only waits to be reaped does not. */
export async function stillRunning(pids: readonly number[]): Promise<number[]> {
  const rows = await table();
  return rows.filter(({ pid, state }) => pids.includes(pid) && !state.startsWith('Z')).map(({ pid }) => pid);
}
