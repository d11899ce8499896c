import { lossBudget } from '../shared/loss-budget.ts';

/** Milliseconds within which removals count as one event. */
export const AT_ONCE_MS = 60_000;

/** What a listing lacks of what was known. */
export interface Vanishing {
  /** Manifests that serve and that the listing lacks. */
  readonly missing: number;
  /** Manifests that served before any of them went. */
  readonly total: number;
  /** Whether the listing holds nothing at all. */
  readonly emptyListing: boolean;
  /** Manifests that events took away within the last {@link AT_ONCE_MS}. */
  readonly justRemoved: number;
}

/**
 * Whether so many vanish at once that it looks like a mistake (a wrong folder, a lost permission, a script gone wild)
 * rather than a wish. An empty listing always does.
 */
export function isSuspicious({ missing, total, emptyListing, justRemoved }: Vanishing): boolean {
  if (missing === 0) return false;
  return emptyListing || missing + justRemoved > lossBudget(total + justRemoved);
}
