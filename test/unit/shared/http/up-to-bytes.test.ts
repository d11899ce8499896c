import { describe, expect, test } from '@jest/globals';
import { MAX_PAGE_BYTES, upToBytes } from '../../../../lambdas/shared/http/up-to-bytes.ts';

describe('a page', () => {
  test('has as many items as fit', () => {
    // Each takes its two letters, two quotes that are escaped, and the two around all.
    expect(upToBytes(['aa', 'bb', 'cc'], 24)).toEqual(['aa', 'bb', 'cc']);
    expect(upToBytes(['aa', 'bb', 'cc'], 23)).toEqual(['aa', 'bb']);
  });

  test('counts what JSON within JSON escapes, and bytes instead of characters', () => {
    expect(upToBytes(['""', 'cc'], 22)).toEqual(['""', 'cc']);
    expect(upToBytes(['""', 'cc'], 21)).toEqual(['""']);
    expect(upToBytes(['éé', 'cc'], 17)).toEqual(['éé']);
  });

  test('has one item at least, however large', () => {
    expect(upToBytes(['x'.repeat(MAX_PAGE_BYTES), 'b'])).toHaveLength(1);
  });

  test('may be empty', () => {
    expect(upToBytes([])).toEqual([]);
  });
});
