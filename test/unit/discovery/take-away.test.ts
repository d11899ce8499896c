import { describe, expect, test } from '@jest/globals';
import { StoreBusyError } from '../../../lambdas/agents/agent-store.ts';
import { putLayer } from '../../../lambdas/agents/put-layer.ts';
import type { ManifestSource } from '../../../lambdas/discovery/manifest-source.ts';
import type { SnapshotEntry } from '../../../lambdas/discovery/reload-snapshot.ts';
import { takeAway } from '../../../lambdas/discovery/take-away.ts';
import { rejectionOf } from '../../support/errors.ts';
import { aManifest, following, keyOf, served, servingIds } from '../../support/hot-reload.ts';

const KEY = keyOf('a');
const ENTRY: SnapshotEntry = { etag: 'v1', kind: 'agent', id: 'a', asked: 'a', version: '1.0.0' };

/** A registry that follows one manifest, which has just gone. */
async function aVanished() {
  const followed = following();
  followed.source.put(KEY, aManifest('a'));
  await followed.manager.poll();
  followed.source.delete(KEY);
  return followed;
}

describe('taking away what a manifest said', () => {
  test('tells who went, and which version', async () => {
    const { ports, context } = await aVanished();

    expect(await takeAway(ports, KEY, ENTRY, { whenGone: true })).toEqual({
      gone: true,
      change: {
        type: 'removed',
        agentId: 'a',
        previousVersion: '1.0.0',
        timestamp: new Date(context.clock.now()),
      },
    });
    expect(await servingIds(context)).toEqual([]);
  });

  test('leaves alone what is there', async () => {
    const { ports, source, context } = await aVanished();
    source.put(KEY, aManifest('a'));

    expect(await takeAway(ports, KEY, ENTRY, { whenGone: true })).toEqual({ gone: false });
    expect(await servingIds(context)).toEqual(['a']);
  });

  test('leaves alone what comes back, and is laid, right after the source said that it is gone', async () => {
    const { ports, source, context, another } = await aVanished();
    const late: ManifestSource = Object.assign(Object.create(source) as ManifestSource, {
      head: async (key: string) => {
        const answer = await source.head(key);
        source.put(key, aManifest('a', { version: '2.0.0' }));
        context.clock.advance(1);
        await another().settle([key]);
        return answer;
      },
    });

    expect(await takeAway({ ...ports, source: late }, KEY, ENTRY, { whenGone: true })).toEqual({ gone: false });
    expect(await served(context, 'a')).toMatchObject({ version: '2.0.0' });
  });

  test('leaves to another manifest what that has taken over', async () => {
    const { ports, context } = await aVanished();
    const command = { id: 'a', source: 's3', movedFrom: ports.source.originOf(KEY), actor: 'x', reason: 'x' } as const;
    await putLayer(context, { ...command, origin: 'elsewhere', document: { name: 'Agent a' } });

    expect(await takeAway(ports, KEY, ENTRY)).toEqual({ gone: true });
    expect(await servingIds(context)).toEqual(['a']);
  });

  test('of somebody who is not there tells nobody', async () => {
    const { ports } = await aVanished();
    await takeAway(ports, KEY, ENTRY);

    expect(await takeAway(ports, KEY, ENTRY)).toEqual({ gone: true });
    expect(await takeAway(ports, keyOf('never'), { etag: 'v', kind: 'other' })).toEqual({ gone: true });
  });

  test('says when the registry is out of reach', async () => {
    const { ports, context } = await aVanished();
    context.store.hook = () => 'busy';

    expect(await rejectionOf(takeAway(ports, KEY, ENTRY))).toBeInstanceOf(StoreBusyError);
  });
});
