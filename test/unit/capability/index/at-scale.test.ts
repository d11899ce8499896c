import { isDeepStrictEqual } from 'node:util';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { decodeBase, encodeBase } from '../../../../lambdas/capability/base/base-codec.ts';
import { BitRows } from '../../../../lambdas/capability/index/bit-rows.ts';
import { CapabilityIndex } from '../../../../lambdas/capability/index/capability-index.ts';
import { createKernels } from '../../../../lambdas/capability/index/create-kernels.ts';
import type { Expression } from '../../../../lambdas/capability/index/expression.ts';
import { JsKernels } from '../../../../lambdas/capability/index/js-kernels.ts';
import { Postings } from '../../../../lambdas/capability/index/postings.ts';
import { WasmKernels } from '../../../../lambdas/capability/index/wasm-kernels.ts';
import { aDigest } from '../../../support/agents.ts';
import { LargeHistory, meetings, questionsOfMany } from '../../../support/large-histories.ts';
import { NaiveIndex } from '../../../support/naive-index.ts';

const EVERYBODY = { all: [] };
/** Capabilities that become frequent, and rare again: rows, and lists. */
const TURNING = ['can-0', 'can-700', 'can-800'] as const;

/** What so many agents have that all of it is kept as rows. */
const FREQUENT = [
  { term: ['health', 'healthy'] },
  { term: ['inheritsTools', 'yes'] },
  { term: ['type', 'type-1'] },
] as const satisfies readonly Expression[];

/** An index and the plainest one, told and asked the same. */
class Both {
  index = new CapabilityIndex();
  readonly model = new NaiveIndex();
  readonly #agents: number;
  #seed: number;

  constructor(seed: number, agents: number) {
    this.#seed = seed;
    this.#agents = agents;
  }

  /** What happens next, to as many agents as there are times a share. */
  next(happen: (history: LargeHistory, share: (of: number) => number) => void): void {
    this.#seed += 1;
    happen(new LargeHistory(this.#seed, this.#agents, [this.index, this.model]), (of) => Math.ceil(this.#agents * of));
    this.compare();
  }

  /** Goes on with what a snapshot keeps of the index; loads are no part of it. */
  reload(): void {
    this.index = decodeBase(encodeBase({ asOf: 1, newest: 1, index: this.index })).index;
    for (const id of this.model.ids(EVERYBODY)) this.model.setLoad(id, 0);
  }

  compare(): void {
    const { index, model } = this;
    for (const ask of fc.sample(questionsOfMany(this.#agents), { numRuns: 12, seed: this.#seed })) {
      expect(ask(index)).toEqual(ask(model));
    }
    for (const text of TURNING) expect(index.findByCapability(text)).toEqual(model.findByCapability(text));
    for (const frequent of [{ all: FREQUENT }, { all: [{ any: FREQUENT }, ...FREQUENT.slice(1)] }]) {
      expect([index.count(frequent), index.ids(frequent)]).toEqual([model.count(frequent), model.ids(frequent)]);
    }
    for (const capabilities of fc.sample(meetings, { numRuns: 100, seed: this.#seed })) {
      expect(index.findByCapabilities(capabilities)).toEqual(model.findByCapabilities(capabilities));
    }
  }

  /** Everything that is said of every agent. */
  compareContents(): void {
    const { index, model } = this;
    expect(index.ids(EVERYBODY)).toEqual(model.ids(EVERYBODY));
    const others = model.ids(EVERYBODY).filter((id) => !isDeepStrictEqual(index.get(id), model.get(id)));
    expect(others.map((id) => [index.get(id), model.get(id)])).toEqual([]);
  }
}

/** Agents come, work, change, go and return; in between the index is kept as a snapshot and loaded. */
function live(seed: number, agents: number): void {
  const both = new Both(seed, agents);
  both.next((history, share) => history.come(share(1.3)));
  both.next((history, share) => {
    history.work(share(0.3));
    history.flip(share(0.2));
    history.turn(share(0.05), 'can-700', true);
  });
  both.next((history, share) => {
    history.go(share(0.3));
    history.turn(share(4), 'can-700', false);
  });
  both.reload();
  both.compare();
  both.next((history, share) => {
    history.turn(share(2), 'can-0', false);
    history.come(share(0.4));
    history.work(share(0.1));
  });
  both.next((history, share) => {
    history.go(share(1.5));
    history.turn(share(0.1), 'can-800', true);
  });
  both.next((history, share) => history.come(share(0.2)));
  both.reload();
  both.compareContents();
}

describe('an index of thousands', () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  test.each([1, 2, 3])('answers as the plainest one does, whatever happened: history %d', (seed) => {
    const folds = jest.spyOn(Postings.prototype, 'settle');
    const marks = jest.spyOn(BitRows.prototype, 'clear');

    live(seed, 14_000);

    // What small indexes never come to.
    expect(folds.mock.calls.length).toBeGreaterThan(2);
    expect(marks.mock.calls.length).toBeGreaterThan(25);
  });

  test('keeps an answer that did not change, however often others did', () => {
    const index = new CapabilityIndex();
    const frequent = (n: number, has: boolean) =>
      index.set(aDigest({ id: `agent-${1_000 + n}`, capabilities: has || n > 0 ? ['frequent'] : ['steady'] }));
    for (let n = 0; n < 1_000; n += 1) frequent(n, true);
    index.set(aDigest({ id: 'steady', capabilities: ['steady', 'still'] }));
    const answer = index.findByCapability('still');

    for (let n = 0; n < 200; n += 1) {
      frequent(0, n % 2 === 0);
      expect(index.findByCapability('frequent')).toHaveLength(999 + ((n + 1) % 2));
    }

    expect(index.findByCapability('still')).toBe(answer);
  });
});

describe('an index where there is no WebAssembly', () => {
  const known = Object.getOwnPropertyDescriptor(globalThis, 'WebAssembly') as PropertyDescriptor;
  beforeEach(() => {
    Reflect.deleteProperty(globalThis, 'WebAssembly');
  });
  afterEach(() => {
    Object.defineProperty(globalThis, 'WebAssembly', known);
    expect(createKernels()).toBeInstanceOf(WasmKernels);
  });

  test.each([1, 2, 3, 4])('answers the same: history %d', (seed) => {
    expect(createKernels()).toBeInstanceOf(JsKernels);

    live(seed, 400);
  });
});
