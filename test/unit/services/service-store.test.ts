import { describe } from '@jest/globals';
import { MemoryServiceStore } from '../../support/memory-service-store.ts';
import { serviceStoreContract } from '../../support/service-store-contract.ts';

// The store that the tests of the registry stand on keeps to what the table keeps to.
describe('the store of services in memory', () => {
  serviceStoreContract(async () => new MemoryServiceStore());
});
