import type { KeptResults } from '../check-results.ts';
import type { CheckKind } from '../contract.ts';

/** Which page is meant: one of so many, from 0. With another number of pages all of them are others. */
export interface PagePlace {
  readonly kind: CheckKind;
  readonly pages: number;
  readonly page: number;
}

/** A page as it is kept. */
export interface StoredPage {
  /** +1 with each writing, from 1. */
  readonly version: number;
  readonly agents: readonly KeptResults[];
}

/** Where rounds keep what they found, page by page. Every method may throw `StoreBusyError`. */
export interface CheckPageStore {
  /** Read consistently. A page that cannot be understood is empty. */
  read(place: PagePlace): Promise<StoredPage | undefined>;
  /**
   * Replaces a page.
   *
   * @param version of the page that it replaces; 0: there was none
   * @param now milliseconds since the epoch
   * @returns `false`: somebody else has written it since, and it stays as it is
   */
  write(place: PagePlace, agents: readonly KeptResults[], version: number, now: number): Promise<boolean>;
}
