import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decodeBase, encodeBase } from '../../../../lambdas/capability/base/base-codec.ts';
import { CapabilityIndex } from '../../../../lambdas/capability/index/capability-index.ts';
import { expressions, type Step, spans, steps, texts } from '../../../support/index-arbitraries.ts';
import { type Index, questionsAbout } from '../../../support/index-questions.ts';
import { NaiveIndex } from '../../../support/naive-index.ts';

/** Sequences of changes and questions that each run tries. */
const SEQUENCES = 10_000;

const EVERYBODY = { all: [] };

const questions = questionsAbout({ texts, expressions, spans });

const play = (index: Index, history: readonly Step[]): void => {
  for (const step of history) step(index);
};

/** Everything that an index says of every agent. */
const contents = (index: Index) =>
  index.ids(EVERYBODY).map((id) => [index.get(id), index.getCapabilities(id), index.revisionOf(id)]);

const snapshotOf = (index: CapabilityIndex): string =>
  Buffer.from(encodeBase({ asOf: 1, newest: 1, index })).toString('base64');

const loaded = (index: CapabilityIndex): CapabilityIndex => decodeBase(encodeBase({ asOf: 1, newest: 1, index })).index;

function rebuilt(index: CapabilityIndex): CapabilityIndex {
  const other = new CapabilityIndex();
  for (const id of index.ids(EVERYBODY).toReversed()) other.set(index.get(id) as never);
  return other;
}

const sequences = fc.array(fc.tuple(fc.array(steps, { maxLength: 8 }), questions), { minLength: 1, maxLength: 6 });

describe('after any sequence of changes and questions', () => {
  test('the index answers as the plainest one does', () => {
    fc.assert(
      fc.property(sequences, (sequence) => {
        const [index, model] = [new CapabilityIndex(), new NaiveIndex()];
        for (const [history, ask] of sequence) {
          play(index, history);
          play(model, history);
          expect(ask(index)).toEqual(ask(model));
        }
        expect([index.size, contents(index)]).toEqual([model.size, contents(model)]);
      }),
      { numRuns: SEQUENCES },
    );
  });

  test('the index that followed, one that was built anew and one from a snapshot are the same, and stay so', () => {
    fc.assert(
      fc.property(sequences, fc.array(steps, { maxLength: 8 }), questions, (sequence, more, ask) => {
        const followed = new CapabilityIndex();
        for (const [history, asked] of sequence) {
          play(followed, history);
          asked(followed);
        }
        const others = [rebuilt(followed), loaded(followed)];
        const snapshot = snapshotOf(followed);
        for (const other of others) expect(snapshotOf(other)).toBe(snapshot);
        // Loads are no part of a snapshot.
        for (const id of followed.ids(EVERYBODY)) followed.setLoad(id, 0);
        for (const index of [followed, ...others]) play(index, more);
        const answer = ask(followed);
        for (const other of others) {
          expect(ask(other)).toEqual(answer);
          expect(snapshotOf(other)).toBe(snapshotOf(followed));
        }
      }),
      { numRuns: SEQUENCES / 10 },
    );
  });
});
