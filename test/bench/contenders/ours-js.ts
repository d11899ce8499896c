import type { Build } from './contender.ts';
import { ours } from './indexes.ts';

/** What the kernels of the index have a part in. */
const ASKED = ['and2-ids', 'and3-ids', 'or3-ids', 'and-count'] as const;

/** Our index as it is where there is no WebAssembly: in this process there is none from now on. */
export const oursJs: Build = async (agents) => {
  // The index makes its kernels with its first row: they must find none already.
  Reflect.deleteProperty(globalThis, 'WebAssembly');
  const contender = await ours(agents);
  if (contender === undefined) return undefined;
  const { asks, disturb } = contender;
  return {
    asks: Object.fromEntries(ASKED.map((operation) => [operation, asks[operation]])),
    ...(disturb && { disturb }),
  };
};
