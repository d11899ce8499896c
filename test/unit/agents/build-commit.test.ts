import { describe, expect, test } from '@jest/globals';
import type { AgentRecord, Layer } from '../../../lambdas/agents/agent-record.ts';
import {
  buildCommit,
  buildRemoval,
  type Cause,
  type Draft,
  MAX_LAYER_BYTES,
} from '../../../lambdas/agents/build-commit.ts';
import { documentHash } from '../../../lambdas/agents/layer-tag.ts';
import { TooLargeError } from '../../../lambdas/shared/errors.ts';
import { aDocument, aHead, aLayer, aRecord, START } from '../../support/agents.ts';

const CAUSE: Cause = { actor: 'operator', reason: 'tested', now: START + 1_000, changeId: 'change-1' };
const LATER = '2026-11-21T10:00:01.000Z';

function built(draft: Partial<Draft> = {}) {
  return buildCommit(
    { id: 'calendar-agent', before: undefined, name: 'calendar', layers: [aLayer()], ...draft },
    CAUSE,
  );
}
const changing = (before: AgentRecord, draft: Partial<Draft> = {}) =>
  built({ before, name: before.head.name, layers: before.layers, ...draft });

describe('the commit of a new agent', () => {
  test('is revision 1 of nothing, owned by whoever caused it', () => {
    const { commit } = built();

    expect(commit.expected).toBeUndefined();
    expect(commit.head).toEqual(
      aHead({
        changeId: 'change-1',
        incarnation: 'change-1',
        owner: 'operator',
        createdAt: LATER,
        lastModified: LATER,
        healthSince: LATER,
      }),
    );
    expect(commit.beat).toEqual({ incarnation: 'change-1' });
  });

  test('claims the normal form of its name and releases none', () => {
    const { commit } = built({ name: ' The  Calendar' });

    expect(commit.claimName).toBe('the calendar');
    expect(commit).not.toHaveProperty('releaseName');
  });

  test('has its log entry', () => {
    const { commit } = built();

    expect(commit.change).toEqual({
      id: 'change-1',
      agentId: 'calendar-agent',
      revision: 1,
      type: 'AgentRegistered',
      at: LATER,
      actor: 'operator',
      reason: 'tested',
      changedFields: [],
      digest: commit.digest,
    });
  });
});

describe('the commit of a change', () => {
  const before = aRecord(aDocument(), { revision: 4, health: 'healthy' });

  test('is the next revision, and keeps what was known', () => {
    const layers = [aLayer(aDocument({ type: 'core' }))];
    const { commit, agent, changedFields } = changing(before, { layers });

    expect(commit.expected).toMatchObject({ revision: 4, changeId: before.head.changeId });
    expect(commit.head).toEqual(aHead({ changeId: 'change-1', revision: 5, health: 'healthy', lastModified: LATER }));
    expect(commit.change).toMatchObject({ type: 'AgentUpdated', revision: 5, changedFields: ['type'] });
    expect(commit).not.toHaveProperty('beat');
    expect(changedFields).toEqual(['type']);
    expect(agent).toMatchObject({ revision: 5, type: 'core' });
  });

  test('writes the layers that changed and no other', () => {
    const manifest = aLayer({ name: 'calendar' }, { source: 's3' });
    const own = aLayer({ type: 'core' });
    const { commit } = changing({ ...before, layers: [manifest] }, { layers: [manifest, own] });

    expect(commit.putLayers).toEqual([own]);
    expect(commit.deleteLayers).toEqual([]);
  });

  test('deletes the layers that went', () => {
    const layers = [aLayer({ name: 'calendar' }, { source: 's3' }), aLayer({ type: 'core' })];
    const { commit } = changing({ ...before, layers }, { layers: layers.slice(0, 1) });

    expect(commit.putLayers).toEqual([]);
    expect(commit.deleteLayers).toEqual(['dynamodb']);
  });

  test('touches no name while its normal form stays', () => {
    const { commit, changedFields } = changing(before, { name: 'Calendar' });

    expect(commit).not.toHaveProperty('claimName');
    expect(commit).not.toHaveProperty('releaseName');
    expect(changedFields).toEqual(['name']);
  });

  test('claims the new name and releases the old one', () => {
    expect(changing(before, { name: 'diary' }).commit).toMatchObject({ claimName: 'diary', releaseName: 'calendar' });
  });

  test('of health is told as such', () => {
    const { commit } = changing(before, { health: 'degraded' });

    expect(commit.change).toMatchObject({ type: 'AgentStatusUpdated', changedFields: ['health'] });
    expect(commit.digest).toMatchObject({ health: 'degraded', revision: 5 });
    expect(commit.head).toMatchObject({ health: 'degraded', healthSince: LATER });
    expect(commit.putLayers).toEqual([]);
  });
});

describe('the commit of an agent whose id was there before', () => {
  const tombstone: AgentRecord = { head: aHead({ revision: 6, deleted: true, owner: 'long ago' }), layers: [] };

  test('goes on after the tombstone, as a new agent', () => {
    const { commit } = changing(tombstone, { layers: [aLayer()] });

    expect(commit.expected).toMatchObject({ revision: 6 });
    expect(commit.head).toEqual(
      aHead({
        changeId: 'change-1',
        incarnation: 'change-1',
        revision: 7,
        owner: 'operator',
        createdAt: LATER,
        lastModified: LATER,
        healthSince: LATER,
      }),
    );
    expect(commit.beat).toEqual({ incarnation: 'change-1' });
    expect(commit).toMatchObject({ claimName: 'calendar', change: { type: 'AgentRegistered', changedFields: [] } });
  });
});

describe('the commit of a removal', () => {
  const layers = [aLayer({ name: 'calendar' }, { source: 's3' }), aLayer({ type: 'core' })];
  const commit = buildRemoval({ head: aHead({ revision: 3 }), layers }, CAUSE);

  test('is a tombstone at the next revision, without layers or name, that knows what shall not bring it back', () => {
    const dismissed = { s3: documentHash({ name: 'calendar' }) };
    expect(commit.head).toEqual(
      aHead({ changeId: 'change-1', revision: 4, deleted: true, lastModified: LATER, dismissed }),
    );
    expect(commit).toMatchObject({
      expected: { revision: 3 },
      deleteLayers: ['s3', 'dynamodb'],
      putLayers: [],
      releaseName: 'calendar',
      beat: null,
    });
  });

  test('of what is gone already takes no beat away', () => {
    const tombstone = { head: aHead({ revision: 3, deleted: true }), layers: [] };

    expect(buildRemoval(tombstone, CAUSE)).not.toHaveProperty('beat');
  });

  test('tells readers which agent it was, at the revision of its going', () => {
    expect(commit.change).toMatchObject({
      type: 'AgentUnregistered',
      revision: 4,
      digest: { id: 'calendar-agent', revision: 4, type: 'core' },
    });
  });
});

describe('an agent that does not fit', () => {
  const sized = (bytes: number, source: Layer['source'] = 'dynamodb') => {
    const empty = JSON.stringify({ name: 'a', config: { x: '' } }).length;
    return aLayer({ name: 'a', config: { x: 'x'.repeat(bytes - empty) } }, { source });
  };

  test(`may have ${MAX_LAYER_BYTES} bytes in one layer and not one more`, () => {
    expect(() => built({ layers: [sized(MAX_LAYER_BYTES)] })).not.toThrow();
    expect(() => built({ layers: [sized(MAX_LAYER_BYTES + 1)] })).toThrow(TooLargeError);
  });

  test('counts what a layer takes away, too', () => {
    const removed = Array.from({ length: 2_000 }, (_, n) => ['config', `${n}`.padEnd(150, 'x')]);

    expect(() => built({ layers: [aLayer(aDocument(), { removed })] })).toThrow(TooLargeError);
  });

  test('may not have more in all its layers than an item holds', () => {
    const half = 175 * 1024;

    expect(() => built({ layers: [sized(half, 's3'), sized(half)] })).not.toThrow();
    expect(() => built({ layers: [sized(half, 's3'), sized(half + 1)] })).toThrow(TooLargeError);
  });
});
