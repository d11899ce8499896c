import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import wabt from 'wabt';
import { PROJECT } from '../local/aws-environment.ts';

const SOURCE = 'lambdas/capability/index/kernels.wat';
/** What the compiled kernels are kept in, from the project's root. */
export const COMPILED_KERNELS = 'lambdas/capability/index/kernels.wasm.ts';

/** Compiles the kernels to a module that holds them as text: functions are bundled into one file each. */
export async function compileKernels(): Promise<string> {
  const { parseWat } = await wabt();
  const module = parseWat(SOURCE, await readFile(join(PROJECT, SOURCE)), { simd: true });
  const { buffer } = module.toBinary({});
  module.destroy();
  const text = Buffer.from(buffer).toString('base64');
  return `/** kernels.wat, compiled by \`npm run kernels\`, in base64; a test holds it against its source. */
export const KERNELS_WASM =
  '${text}';
`;
}
