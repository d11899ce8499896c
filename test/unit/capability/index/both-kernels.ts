import { describe } from '@jest/globals';
import fc from 'fast-check';
import { BitRows } from '../../../../lambdas/capability/index/bit-rows.ts';
import { JsKernels } from '../../../../lambdas/capability/index/js-kernels.ts';
import type { Kernels } from '../../../../lambdas/capability/index/kernels.ts';
import { WasmKernels } from '../../../../lambdas/capability/index/wasm-kernels.ts';
import { randoms } from '../../../support/randoms.ts';

/** Everything is said of both: they give the same answers. */
export const describeBoth = (what: string, tests: (create: () => Kernels) => void): void => {
  describe(`${what}, in WebAssembly`, () => tests(() => new WasmKernels()));
  describe(`${what}, in JavaScript`, () => tests(() => new JsKernels()));
};

/** Rows that know how many of them are taken. */
export class CountedRows extends BitRows {
  taken = 0;

  override takeAny(): number {
    this.taken += 1;
    return super.takeAny();
  }

  override release(row: number): void {
    this.taken -= 1;
    super.release(row);
  }
}

export const ascending = (slots: Iterable<number>): number[] => [...slots].sort((a, b) => a - b);

/** Sets of slots below `end` of every density: nobody, one in a thousand, half, all but a few, everybody. */
export const someSlots = (end: number): fc.Arbitrary<Set<number>> =>
  fc.tuple(fc.constantFrom(0, 0.001, 0.01, 0.1, 0.5, 0.99, 1), fc.integer()).map(([density, seed]) => {
    const random = randoms(seed);
    const slots = new Set<number>();
    for (let slot = 0; slot < end; slot += 1) if (random() < density) slots.add(slot);
    return slots;
  });

export const listOf = (slots: Iterable<number>): Uint32Array => Uint32Array.from(ascending(slots));
