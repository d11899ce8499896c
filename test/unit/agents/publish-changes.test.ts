import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Change } from '../../../lambdas/agents/change.ts';
import { type ChangePublisher, ChangesRefusedError, publishChanges } from '../../../lambdas/agents/publish-changes.ts';
import { aChange } from '../../support/agents.ts';
import { rejectionOf } from '../../support/errors.ts';

/** What a publisher does with one call: refuses some by index, or fails as a whole. */
type Reaction = readonly number[] | Error;

/** A bus that reacts as it is told, then takes everything. */
class ToldPublisher implements ChangePublisher {
  readonly batchSize = 3;
  readonly calls: number[][] = [];
  readonly taken: number[] = [];
  readonly #reactions: Reaction[];

  constructor(...reactions: Reaction[]) {
    this.#reactions = [...reactions];
  }

  async publish(changes: readonly Change[]): Promise<readonly number[]> {
    const revisions = changes.map(({ revision }) => revision);
    this.calls.push(revisions);
    const reaction = this.#reactions.shift() ?? [];
    if (reaction instanceof Error) throw reaction;
    this.taken.push(...revisions.filter((_, index) => !reaction.includes(index)));
    return reaction.filter((index) => index < revisions.length);
  }
}

const revisions = (count: number) => Array.from({ length: count }, (_, n) => n + 1);
const changes = (count: number) => revisions(count).map((revision) => aChange({ revision }));
const publish = (count: number, publisher: ChangePublisher, retries = 4) =>
  publishChanges(changes(count), publisher, { retries, minTimeout: 0 });

describe('announcing changes', () => {
  test('goes batch by batch, in order', async () => {
    const publisher = new ToldPublisher();
    await publish(7, publisher);

    expect(publisher.calls).toEqual([[1, 2, 3], [4, 5, 6], [7]]);
  });

  test('of nothing calls nobody', async () => {
    const publisher = new ToldPublisher();
    await publish(0, publisher);

    expect(publisher.calls).toEqual([]);
  });

  test('sends the refused ones again, and only those, before the next batch', async () => {
    const publisher = new ToldPublisher([0, 2], [1]);
    await publish(5, publisher);

    expect(publisher.calls).toEqual([[1, 2, 3], [1, 3], [3], [4, 5]]);
  });

  test('sends a whole batch again that failed as a whole', async () => {
    const publisher = new ToldPublisher(new Error('connection reset'));
    await publish(2, publisher);

    expect(publisher.calls).toEqual([
      [1, 2],
      [1, 2],
    ]);
  });

  test('gives up when some are refused time and again, names them, and sends nothing after them', async () => {
    const publisher = new ToldPublisher([1], [0], [0]);
    const error = await rejectionOf(publish(6, publisher, 2));

    expect(error).toBeInstanceOf(ChangesRefusedError);
    expect((error as Error).message).toBe('1 changes were refused: calendar-agent#2');
    expect(publisher.calls).toEqual([[1, 2, 3], [2], [2]]);
  });

  test('gives up with what the bus threw', async () => {
    const broken = new Error('no route to host');

    expect(await rejectionOf(publish(1, new ToldPublisher(broken, broken), 1))).toBe(broken);
  });

  test('loses nothing and repeats nothing that was taken, whatever is refused', async () => {
    const reaction = fc.oneof(fc.uniqueArray(fc.nat({ max: 2 })), fc.constant(new Error('lost')));
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: 10 }), fc.array(reaction, { maxLength: 8 }), async (count, reactions) => {
        const publisher = new ToldPublisher(...reactions);
        const outcome = await publish(count, publisher, 20).catch((error: unknown) => error);

        expect(outcome).toBeUndefined();
        expect(publisher.taken.toSorted((a, b) => a - b)).toEqual(revisions(count));
      }),
    );
  });

  test('throws while anything is not taken', async () => {
    const reaction = fc.oneof(fc.uniqueArray(fc.nat({ max: 2 })), fc.constant(new Error('lost')));
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: 10 }), fc.array(reaction, { maxLength: 8 }), async (count, reactions) => {
        const publisher = new ToldPublisher(...reactions);
        const error = await publish(count, publisher, 1).catch((thrown: unknown) => thrown);

        expect(error === undefined).toBe(publisher.taken.length === count);
      }),
    );
  });
});
