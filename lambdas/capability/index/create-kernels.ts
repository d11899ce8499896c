import { JsKernels } from './js-kernels.ts';
import type { Kernels } from './kernels.ts';
import { WasmKernels } from './wasm-kernels.ts';

/** Kernels with a memory of their own: in WebAssembly where it can be had, else in JavaScript, about nine times as slow. */
export function createKernels(): Kernels {
  try {
    return new WasmKernels();
  } catch {
    return new JsKernels();
  }
}
