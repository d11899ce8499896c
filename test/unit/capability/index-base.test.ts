import { describe, expect, test } from '@jest/globals';
import { decodeBase, encodeBase, MAX_BASE_AGE_MS, MAX_BASE_AHEAD_MS } from '../../../lambdas/capability/index-base.ts';
import type { IndexBase } from '../../../lambdas/capability/index-base-schema.ts';
import { aDigest, START } from '../../support/agents.ts';

const aBase = (parts: Partial<IndexBase> = {}): IndexBase => ({
  format: 1,
  asOf: START,
  newest: START - 1_000,
  agents: [aDigest({ id: 'a' }), aDigest({ id: 'b', tools: ['Read'] })],
  ...parts,
});
const encoded = (base: unknown) => encodeBase(base as IndexBase);

describe('a base', () => {
  test('is read as it was written', () => {
    expect(decodeBase(encoded(aBase()), START)).toEqual(aBase());
  });

  test('is named by its content', () => {
    expect(encoded(aBase()).hash).toMatch(/^[0-9a-f]{64}$/);
    expect(encoded(aBase()).hash).not.toBe(encoded(aBase({ asOf: START + 1 })).hash);
  });

  test.each([
    ['was changed', { ...encoded(aBase()), text: encoded(aBase({ agents: [] })).text }, /hash/],
    ['was cut off', { ...encoded(aBase()), text: encoded(aBase()).text.slice(0, 100) }, /hash/],
    ['has another format', encoded({ ...aBase(), format: 2 }), /format/],
    ['is no list of agents', encoded({ ...aBase(), agents: [{ id: 'a' }] }), /agents\.0/],
    ['is no JSON', { text: '{', hash: '021fb596db81e6d02bf3d2586ee3981fe519f275c0ac9ca76bbcf2ebb4097d96' }, /JSON/],
  ])('is refused when it %s', (_what, base, reason) => {
    expect(() => decodeBase(base, START)).toThrow(reason);
  });

  test('is refused when the log may not reach back to it, and until then not', () => {
    expect(() => decodeBase(encoded(aBase()), START + MAX_BASE_AGE_MS)).not.toThrow();
    expect(() => decodeBase(encoded(aBase()), START + MAX_BASE_AGE_MS + 1)).toThrow('too old');
  });

  test('is refused from the future, but for a little', () => {
    expect(() => decodeBase(encoded(aBase()), START - MAX_BASE_AHEAD_MS)).not.toThrow();
    expect(() => decodeBase(encoded(aBase()), START - MAX_BASE_AHEAD_MS - 1)).toThrow('from the future');
  });
});
