import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  changeItem,
  HEAD_SHARDS,
  headItem,
  headShard,
  type Item,
  idempotencyItem,
  keys,
  layerItem,
  toChange,
  toHead,
  toLayer,
  toOutcome,
} from '../../../lambdas/agents/dynamo-items.ts';
import { aChange, aDigest, aHead, aLayer, START } from '../../support/agents.ts';
import { anyDocument } from '../../support/json-arbitrary.ts';

/** An item after its way through DynamoDB's types. */
const stored = (item: Item): Item => unmarshall(marshall(item, { removeUndefinedValues: true }));

describe('items', () => {
  test('bring a head back as it was', () => {
    expect(toHead(stored(headItem(aHead(), aDigest())))).toEqual(aHead());
    expect(toHead(stored(headItem(aHead({ deleted: true }), aDigest())))).toEqual(aHead({ deleted: true }));
  });

  test('bring a change back as it was', () => {
    const change = aChange({ revision: 3, tools: ['Read'] }, { changedFields: ['config.tools'] });

    expect(toChange(stored(changeItem(change)))).toEqual(change);
  });

  test('bring every layer back to the letter', () => {
    fc.assert(
      fc.property(anyDocument, (document) => {
        const layer = aLayer(document, { source: 's3', origin: 'a/key', removed: [['a', '', 'b']] });

        expect(toLayer(stored(layerItem('a', layer)))).toEqual(layer);
      }),
    );
  });

  test('bring numbers back that DynamoDB has no place for', () => {
    const layer = aLayer({ config: { large: 1e300, small: 5e-324, long: 0.1 + 0.2 } });

    expect(toLayer(stored(layerItem('a', layer)))).toEqual(layer);
  });

  test('bring a kept answer back as it was', () => {
    const outcome = { requestHash: 'hash', status: 201, headers: { ETag: '"r1"' }, body: '{"name":"café"}' };
    const item = idempotencyItem({ ...outcome, keyHash: 'key', expiresAt: START });

    expect(toOutcome(stored(item))).toEqual(outcome);
    expect(item.expiresAt).toBe(START / 1_000);
  });
});

describe('the heads index', () => {
  test('lists the living and not the dead', () => {
    expect(headItem(aHead(), aDigest())).toMatchObject({ shard: expect.stringMatching(/^heads#[0-7]$/) });
    expect(headItem(aHead({ deleted: true }), aDigest())).not.toHaveProperty('shard');
  });

  test('spreads agents over all of its shards', () => {
    const shards = Array.from({ length: 200 }, (_, n) => headItem(aHead({ id: `agent-${n}` }), aDigest()).shard);
    const all = Array.from({ length: HEAD_SHARDS }, (_, n) => headShard(n));

    expect([...new Set(shards)].sort()).toEqual(all);
  });
});

test('layers sort from the lowest source to the highest', () => {
  const sortKeys = (['s3', 'filesystem', 'dynamodb', 'api'] as const).map((source) => keys.layer('a', source).sk);

  expect(sortKeys).toEqual(sortKeys.toSorted());
});

test('a change outlives its week in the log by nothing', () => {
  expect(changeItem(aChange()).expiresAt).toBe(START / 1_000 + 7 * 24 * 60 * 60);
});
