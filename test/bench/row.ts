import { TARGETS, type Target } from './targets.ts';

/** A target counts as met from this share of it: two runs of the same code differ by as much. */
const NOISE = 0.9;

/** What was measured of an operation, in its unit. */
export interface Measured {
  readonly operation: string;
  /** Agents; 0 where their number does not matter. */
  readonly size: number;
  readonly unit: 'µs' | 'ms' | 'B' | '/s';
  readonly ours: number | null;
  readonly naive: number | null;
  /** What others would be picked instead, in the same unit. */
  readonly others: Readonly<Record<string, number>>;
  readonly note?: string;
}

/** A line of the result. */
export interface Row extends Measured {
  /** Ours against the naive one, or whom the target names: times as fast, or the share. `null`: not compared. */
  readonly ratio: number | null;
  readonly target: number | null;
  /** `null` where there is no target. */
  readonly met: boolean | null;
}

/** Whether a ratio is as good as its target, but for noise. */
export const isMet = (ratio: number, { ratio: kind }: Pick<Target, 'ratio'>, target: number): boolean =>
  kind === 'atLeast' ? ratio >= target * NOISE : ratio <= target / NOISE;

/** Sizes and starts of functions are told as shares, all else as times as fast. */
const isShare = ({ operation, unit }: Measured, target: Target | undefined): boolean =>
  target === undefined ? unit === 'B' || operation.startsWith('init-') : target.ratio === 'atMost';

function ratioOf(measured: Measured, target: Target | undefined): number | null {
  const { ours, naive, others } = measured;
  const other = target?.against === undefined ? naive : (others[target.against] ?? null);
  if (ours === null || other === null) return null;
  return isShare(measured, target) ? ours / other : other / ours;
}

/** Holds what was measured against its target. One that could not be measured is not met. */
export function judged(measured: Measured): Row {
  const target = TARGETS[measured.operation];
  const wanted = target?.bySize[measured.size];
  const ratio = ratioOf(measured, target);
  if (target === undefined || wanted === undefined) return { ...measured, ratio, target: null, met: null };
  return { ...measured, ratio, target: wanted, met: ratio !== null && isMet(ratio, target, wanted) };
}

/** The middle one; of an even number the mean of the two in the middle. */
export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low = Number.NaN, high = low] = sorted.slice(Math.ceil(middle) - 1, Math.floor(middle) + 1);
  return (low + high) / 2;
}
