import { describe } from '@jest/globals';
import { leaseContract } from '../../support/lease-contract.ts';
import { MemoryLease, MemoryLeaseHolder } from '../../support/memory-lease.ts';

// The lease that the tests of reloads stand on keeps to what the table keeps to.
describe('the lease in memory', () => {
  leaseContract(async () => {
    const holder = new MemoryLeaseHolder();
    return (owner, length) => new MemoryLease(holder, owner, length);
  });
});
