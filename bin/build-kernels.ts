/** Compiles the WebAssembly kernels of the index after a change of their source: `npm run kernels`. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { COMPILED_KERNELS, compileKernels } from './kernels/compile-kernels.ts';
import { PROJECT } from './local/aws-environment.ts';

await writeFile(join(PROJECT, COMPILED_KERNELS), await compileKernels());
