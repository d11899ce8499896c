import type { Kernels } from './kernels.ts';
import { KERNELS_WASM } from './kernels.wasm.ts';

interface Exports extends Pick<Kernels, 'and' | 'or' | 'andCount' | 'andSlots'> {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
}

/** What is used of WebAssembly: Node's types leave it out. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: object };
};

const WORDS_PER_PAGE = 16_384;

/** Compiled when it is first asked for: most functions that carry this file never do. */
let compiled: object | undefined;

/** The kernels in WebAssembly (kernels.wat), at 16 bytes an instruction. */
export class WasmKernels implements Kernels {
  words: Uint32Array;
  readonly and: Kernels['and'];
  readonly or: Kernels['or'];
  readonly andCount: Kernels['andCount'];
  readonly andSlots: Kernels['andSlots'];
  readonly #memory: Exports['memory'];

  /** @throws where there is no WebAssembly, where it knows no SIMD, and where no memory can be had */
  constructor() {
    compiled ??= new WebAssembly.Module(Buffer.from(KERNELS_WASM, 'base64'));
    const exports = new WebAssembly.Instance(compiled).exports as Exports;
    this.and = exports.and;
    this.or = exports.or;
    this.andCount = exports.andCount;
    this.andSlots = exports.andSlots;
    this.#memory = exports.memory;
    this.words = new Uint32Array(this.#memory.buffer);
  }

  /** @throws RangeError beyond 4 GB */
  grow(words: number): void {
    const missing = words - this.words.length;
    if (missing <= 0) return;
    this.#memory.grow(Math.ceil(missing / WORDS_PER_PAGE));
    this.words = new Uint32Array(this.#memory.buffer);
  }
}
