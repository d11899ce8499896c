import { JsKernels } from './js-kernels.ts';
import type { Kernels } from './kernels.ts';
import { WasmKernels } from './wasm-kernels.ts';

/**
 * Kernels with a memory of their own: in WebAssembly where it can be had, else in JavaScript, which is slower; by how
 * much shows `npm run bench -- --only and2-ids,and3-ids,or3-ids,and-count` (`ours-js`).
 */
export function createKernels(): Kernels {
  try {
    return new WasmKernels();
  } catch {
    return new JsKernels();
  }
}
