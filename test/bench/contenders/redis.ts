import { createClient } from '@redis/client';
import type { Build } from './contender.ts';

const KEY = 'agent-registry-bench:';

/** A server on this machine, where one answers: a set of ids for each capability. Its keys are gone when it is closed. */
export const redis: Build = async (agents) => {
  const client = createClient({
    socket: { host: '127.0.0.1', port: 6379, connectTimeout: 500, reconnectStrategy: false },
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch {
    return undefined;
  }
  const sets = new Map<string, string[]>();
  for (const { id, capabilities } of agents) {
    for (const capability of capabilities) {
      const ids = sets.get(KEY + capability);
      if (ids) ids.push(id);
      else sets.set(KEY + capability, [id]);
    }
  }
  for (const [key, ids] of sets) await client.sAdd(key, ids);
  const keys = (capabilities: readonly string[]) => capabilities.map((capability) => KEY + capability);
  const all = async (capabilities: readonly string[]) => (await client.sInter(keys(capabilities))).sort();
  return {
    isAsync: true,
    asks: {
      'and2-ids': all,
      'and3-ids': all,
      'or3-ids': async (capabilities) => (await client.sUnion(keys(capabilities))).sort(),
      'and-count': ({ capabilities }) => client.sInterCard(keys(capabilities)),
      'one-capability': async (capability) => (await client.sMembers(KEY + capability)).sort(),
    },
    close: async () => {
      await client.del([...sets.keys()]);
      client.destroy();
    },
  };
};
