import { createRequire } from 'node:module';

// Its types speak of its CommonJS form only.
const { default: Sequencer } = createRequire(import.meta.url)(
  '@jest/test-sequencer',
) as typeof import('@jest/test-sequencer');

/**
 * Test files run in the order of their names. Jest's own order follows how long each took the last time, so a new machine
 * runs them in another order than the one where they were written, and what one leaves in the stack meets others.
 */
export default class ByName extends Sequencer {
  override sort(tests: Parameters<InstanceType<typeof Sequencer>['sort']>[0]) {
    return [...tests].sort((a, b) => (a.path < b.path ? -1 : 1));
  }
}
