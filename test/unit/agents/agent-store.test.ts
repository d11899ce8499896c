import { describe } from '@jest/globals';
import { agentStoreContract } from '../../support/agent-store-contract.ts';
import { MemoryAgentStore } from '../../support/memory-agent-store.ts';

// The store that the tests of the use cases stand on keeps to what the table keeps to.
describe('the store in memory', () => {
  agentStoreContract(async () => {
    const store = new MemoryAgentStore();
    return { store, changes: store, heads: store };
  });
});
