import { describe } from '@jest/globals';
import { agentStoreContract, type StoredBeat } from '../../support/agent-store-contract.ts';
import { MemoryAgentStore } from '../../support/memory-agent-store.ts';

// The store that the tests of the use cases stand on keeps to what the table keeps to.
describe('the store in memory', () => {
  agentStoreContract(async () => {
    const store = new MemoryAgentStore();
    const beats = {
      read: async (id: string) => store.beats.get(id),
      put: async (id: string, beat: StoredBeat) => {
        store.beats.set(id, { agentId: id, streak: 0, recent: [], ...beat });
      },
    };
    return { store, changes: store, heads: store, beats };
  });
});
