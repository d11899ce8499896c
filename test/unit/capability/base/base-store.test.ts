import { describe, expect, test } from '@jest/globals';
import {
  MAX_BASE_AGE_MS,
  MAX_BASE_AHEAD_MS,
  openBase,
  type SealedBase,
  sealBase,
} from '../../../../lambdas/capability/base/base-store.ts';
import { sha256 } from '../../../../lambdas/shared/ids.ts';
import { START } from '../../../support/agents.ts';
import { aBase, agentsOf } from '../../../support/index-bases.ts';

const sealed = (ids = ['a', 'b'], asOf = START): SealedBase => sealBase(aBase(ids, { asOf }));

/** Other bytes under a hash that is theirs, as whoever writes bases could. */
const resealed = (bytes: Uint8Array): SealedBase => ({ bytes, hash: sha256(bytes) });

describe('a base', () => {
  test('is read as it was written', () => {
    const { asOf, newest, index } = openBase(sealed(), START);

    expect([asOf, newest]).toEqual([START, START]);
    expect(agentsOf({ asOf, newest, index })).toEqual(['a', 'b']);
  });

  test('is named by its content', () => {
    expect(sealed().hash).toMatch(/^[0-9a-f]{64}$/);
    expect(sealed().hash).not.toBe(sealed(['a', 'b'], START + 1).hash);
    expect(sealed().hash).toBe(sealed(['b', 'a']).hash);
  });

  test.each([
    ['was changed', { ...sealed(), bytes: sealed([]).bytes }, /hash/],
    ['was cut off', { ...sealed(), bytes: sealed().bytes.subarray(0, 100) }, /hash/],
    ['is empty', resealed(new Uint8Array(0)), /format/],
    ['has another format', resealed(Buffer.from('{"format":1,"agents":[]}')), /format/],
    ['ends too early', resealed(sealed().bytes.subarray(0, 150)), /./],
  ])('is refused when it %s', (_what, base, reason) => {
    expect(() => openBase(base, START)).toThrow(reason);
  });

  test('is refused when the log may not reach back to it, and until then not', () => {
    expect(() => openBase(sealed(), START + MAX_BASE_AGE_MS)).not.toThrow();
    expect(() => openBase(sealed(), START + MAX_BASE_AGE_MS + 1)).toThrow('too old');
  });

  test('is refused from the future, but for a little', () => {
    expect(() => openBase(sealed(), START - MAX_BASE_AHEAD_MS)).not.toThrow();
    expect(() => openBase(sealed(), START - MAX_BASE_AHEAD_MS - 1)).toThrow('from the future');
  });
});
