/** Agents of the specification's scale, and what lies beyond it. */
export const SIZES = [4_462, 100_000, 1_000_000] as const;

/** What is asked of one operation: at least so many times as fast, or at most so large a share. */
export interface Target {
  /** `atLeast`: the other's time by ours; `atMost`: ours as a share of the other's. */
  readonly ratio: 'atLeast' | 'atMost';
  /** Whom ours is measured against. @default - naive */
  readonly against?: string;
  /** By the number of agents; `0` where it does not matter. Sizes that are missing have no target. */
  readonly bySize: Readonly<Record<number, number>>;
}

const atLeast = (small: number, middle: number, large: number): Target => ({
  ratio: 'atLeast',
  bySize: { 4462: small, 100000: middle, 1000000: large },
});

const atMost = (bySize: Readonly<Record<number, number>>): Target => ({ ratio: 'atMost', bySize });

/** The targets of the index, by operation. */
export const TARGETS: Readonly<Record<string, Target>> = {
  'and2-ids': atLeast(8, 60, 50),
  'and3-ids': atLeast(8, 80, 90),
  'or3-ids': atLeast(15, 25, 60),
  'and-count': atLeast(15, 400, 1_000),
  'top20-healthy': atLeast(20, 100, 100),
  'one-capability': atLeast(50, 1_000, 1_000),
  'change-capabilities': atLeast(2, 3.5, 8),
  'memory-per-agent': atMost({ 4462: 0.25, 100000: 0.25, 1000000: 0.25 }),
  'first-answer': atMost({ 4462: 0.15, 100000: 0.05 }),
  'tools-priority-vs-sqlite': { ratio: 'atLeast', against: 'sqlite', bySize: { 4462: 1_000 } },
  'search-init': atMost({ 0: 0.6 }),
};
