import { describe, expect, test } from '@jest/globals';
import type { Change, ChangeLog } from '../../../lambdas/agents/change.ts';
import type { ChangePublisher } from '../../../lambdas/agents/publish-changes.ts';
import { republish } from '../../../lambdas/agents/republish.ts';
import { updateAgent } from '../../../lambdas/agents/update-agent.ts';
import { aContext, registered, START } from '../../support/agents.ts';
import { rejectionOf } from '../../support/errors.ts';

class Recorder implements ChangePublisher {
  readonly batchSize = 10;
  readonly revisions: number[] = [];

  async publish(changes: readonly Change[]): Promise<readonly number[]> {
    this.revisions.push(...changes.map(({ revision }) => revision));
    return [];
  }
}

/** A log with one change a second, revisions from 1. */
async function aLog(length: number): Promise<ChangeLog> {
  const context = aContext();
  await registered(context, { id: 'a' });
  for (let priority = 2; priority <= length; priority += 1) {
    context.clock.advance(1_000);
    await updateAgent(context, { id: 'a', patch: { config: { priority } }, actor: 'tester' });
  }
  return context.store;
}

describe('republishing', () => {
  test('announces a span of the log in its order: its first millisecond, and not its last', async () => {
    const recorder = new Recorder();
    const published = await republish(await aLog(7), recorder, { from: START + 1_000, to: START + 6_000 });

    expect(recorder.revisions).toEqual([2, 3, 4, 5, 6]);
    expect(published).toBe(5);
  });

  test('tells after each page how far it is', async () => {
    const told: number[] = [];
    const command = { from: START, to: START + 10_000, onProgress: (published: number) => told.push(published) };
    await republish(await aLog(7), new Recorder(), command);

    expect(told.at(-1)).toBe(7);
    expect(told).toEqual(told.toSorted((a, b) => a - b));
    expect(told.length).toBeGreaterThan(1);
  });

  test('of a span without changes announces nothing', async () => {
    const recorder = new Recorder();

    expect(await republish(await aLog(2), recorder, { from: START + 5_000, to: START + 9_000 })).toBe(0);
    expect(recorder.revisions).toEqual([]);
  });

  test('ends with what the log threw', async () => {
    const broken: ChangeLog = {
      async newestId() {
        return undefined;
      },
      // biome-ignore lint/correctness/useYield: it never comes so far
      async *read() {
        throw new Error('out of reach');
      },
    };

    expect(await rejectionOf(republish(broken, new Recorder(), { from: 0, to: 1 }))).toEqual(new Error('out of reach'));
  });
});
