import { describe } from '@jest/globals';
import { MemoryRemovalCount } from '../../support/hot-reload.ts';
import { removalCountContract } from '../../support/removal-count-contract.ts';

// The count that the tests of hot reload stand on keeps to what the table keeps to.
describe('the count of removals in memory', () => {
  removalCountContract(async () => {
    const count = new MemoryRemovalCount();
    return () => count;
  });
});
