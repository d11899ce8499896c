import { readFile } from 'node:fs/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import { build } from 'esbuild';
import fc from 'fast-check';
import { COMPILED_KERNELS, compileKernels } from '../../../../bin/kernels/compile-kernels.ts';
import { createKernels } from '../../../../lambdas/capability/index/create-kernels.ts';
import { JsKernels } from '../../../../lambdas/capability/index/js-kernels.ts';
import { type Kernels, SLACK, STEP } from '../../../../lambdas/capability/index/kernels.ts';
import { WasmKernels } from '../../../../lambdas/capability/index/wasm-kernels.ts';
import { ascending, describeBoth, someSlots } from './both-kernels.ts';

/** Memory of WebAssembly comes in pages of 64 KB: what those in JavaScript have is no larger than was asked for. */
const WORDS_OF_A_PAGE = 16_384;

/** Rows of so many words, of any slots. */
const twoRows = fc
  .integer({ min: 0, max: 8 })
  .chain((steps) => fc.tuple(fc.constant(steps * STEP), someSlots(steps * STEP * 32), someSlots(steps * STEP * 32)));

const wordsOf = (slots: ReadonlySet<number>, length: number): number[] => {
  const words = new Array<number>(length).fill(0);
  for (const slot of slots) words[slot >>> 5] = ((words[slot >>> 5] ?? 0) | (1 << (slot & 31))) >>> 0;
  return words;
};

/** Places of words that differ, but for those from `from` to `to`. */
const changedOutside = (before: Uint32Array, after: Uint32Array, from: number, to: number): number[] => {
  const places: number[] = [];
  for (let n = 0; n < before.length; n += 1) if ((n < from || n >= to) && before[n] !== after[n]) places.push(n);
  return places;
};

describeBoth('kernels', (create) => {
  /** Two rows in one memory, one row apart from each other and from what is around them. */
  const given = ([length, first, second]: readonly [number, Set<number>, Set<number>]) => {
    const [a, b, to] = [length, 3 * length, 5 * length + STEP];
    const kernels = create();
    kernels.grow(to + 33 * length + SLACK);
    kernels.words.fill(0xffff_ffff);
    kernels.words.set(wordsOf(first, length), a);
    kernels.words.set(wordsOf(second, length), b);
    return { kernels, length, a, b, to, first, second };
  };
  const read = (kernels: Kernels, from: number, length: number) => [...kernels.words.subarray(from, from + length)];

  test.each([
    ['and', (a: Set<number>, b: Set<number>) => a.intersection(b)],
    ['or', (a: Set<number>, b: Set<number>) => a.union(b)],
  ] as const)('%s makes a row of two, and touches nothing else', (name, model) => {
    fc.assert(
      fc.property(twoRows, (rows) => {
        const { kernels, length, a, b, to, first, second } = given(rows);
        const before = kernels.words.slice();

        kernels[name](to, a, b, length);

        expect(read(kernels, to, length)).toEqual(wordsOf(model(first, second), length));
        expect(changedOutside(before, kernels.words, to, to + length)).toEqual([]);
      }),
    );
  });

  test.each(['and', 'or'] as const)('%s may write to its own operands', (name) => {
    fc.assert(
      fc.property(twoRows, fc.boolean(), (rows, toFirst) => {
        const { kernels, length, a, b, to } = given(rows);

        kernels[name](to, a, b, length);
        kernels[name](toFirst ? a : b, a, b, length);

        expect(read(kernels, toFirst ? a : b, length)).toEqual(read(kernels, to, length));
      }),
    );
  });

  test('count and list what is in both, in ascending order', () => {
    fc.assert(
      fc.property(twoRows, (rows) => {
        const { kernels, length, a, b, to, first, second } = given(rows);
        const both = ascending(first.intersection(second));

        expect(kernels.andCount(a, b, length)).toBe(both.length);
        expect(kernels.andSlots(to, a, b, length)).toBe(both.length);
        expect(read(kernels, to, both.length)).toEqual(both);
      }),
    );
  });

  test('list without touching anything beyond the slack behind what they list', () => {
    fc.assert(
      fc.property(twoRows, (rows) => {
        const { kernels, length, a, b, to } = given(rows);
        const before = kernels.words.slice();

        const end = to + kernels.andSlots(to, a, b, length) + SLACK;

        expect(changedOutside(before, kernels.words, to, end)).toEqual([]);
      }),
    );
  });

  test('count a million bits', () => {
    const kernels = create();
    kernels.grow(2 ** 15);
    kernels.words.fill(0xffff_ffff, 0, 2 ** 15);

    expect(kernels.andCount(0, 0, 2 ** 15)).toBe(2 ** 20);
  });

  test('keep what is in their memory when it grows, and add zeros', () => {
    const kernels = create();
    kernels.grow(STEP);
    kernels.words.fill(7);
    const { length } = kernels.words;

    kernels.grow(length + 1);

    expect(kernels.words.length).toBeGreaterThan(length);
    expect(kernels.words.subarray(0, length).every((word) => word === 7)).toBe(true);
    expect(kernels.words.subarray(length).every((word) => word === 0)).toBe(true);
    const { words } = kernels;
    kernels.grow(STEP);
    expect(kernels.words).toBe(words);
  });
});

describe('of the kernels, a registry gets', () => {
  const original = Object.getOwnPropertyDescriptor(globalThis, 'WebAssembly') as PropertyDescriptor;
  const stubWebAssembly = (value: unknown) => Object.defineProperty(globalThis, 'WebAssembly', { ...original, value });

  afterEach(() => {
    Object.defineProperty(globalThis, 'WebAssembly', original);
  });

  test('those in WebAssembly where there is one', () => {
    expect(createKernels()).toBeInstanceOf(WasmKernels);
  });

  test('those in JavaScript where there is none', () => {
    stubWebAssembly(undefined);

    expect(createKernels()).toBeInstanceOf(JsKernels);
  });

  test('those in JavaScript where no memory can be had', () => {
    const Instance = () => {
      throw new RangeError('WebAssembly.Memory(): could not allocate memory');
    };
    stubWebAssembly({ ...original.value, Module: original.value.Module, Instance });

    expect(createKernels()).toBeInstanceOf(JsKernels);
  });
});

describe('the compiled kernels', () => {
  test('are what `npm run kernels` makes of their source', async () => {
    expect(await readFile(COMPILED_KERNELS, 'utf8')).toBe(await compileKernels());
  });

  test('are bundled into the one file that a function is', async () => {
    const { outputFiles } = await build({
      entryPoints: ['lambdas/capability/index/create-kernels.ts'],
      bundle: true,
      format: 'cjs',
      platform: 'node',
      minify: true,
      write: false,
    });
    const module = { exports: {} as { createKernels: typeof createKernels } };
    new Function('module', outputFiles[0]?.text ?? '')(module);

    const kernels = module.exports.createKernels();
    kernels.grow(2 * STEP);
    kernels.words[STEP] = 5;

    expect(kernels.andSlots(0, STEP, STEP, STEP)).toBe(2);
    expect(kernels.words.length).toBe(WORDS_OF_A_PAGE);
  });
});
