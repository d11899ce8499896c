import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createGuardedFetch } from '../../../lambdas/shared/guarded-fetch.ts';
import { GuardedFetchError } from '../../../lambdas/shared/guarded-fetch-error.ts';
import { dnsAnswer, mutatedAddress } from '../../support/address-mutations.ts';
import { rejectionOf } from '../../support/errors.ts';
import { isForbidden } from '../../support/forbidden-ranges.ts';
import { HOSTILE_ADDRESSES } from '../../support/hostile-addresses.ts';
import { type SocketSpy, spyOnSockets } from '../../support/socket-spy.ts';

let sockets: SocketSpy;
beforeEach(() => {
  sockets = spyOnSockets();
});
afterEach(() => sockets[Symbol.dispose]());

/** Asks an address where DNS gives these answers in turn, the last one again and again. */
async function asking(address: string, ...answers: (readonly string[])[]) {
  const asked: string[] = [];
  const resolve = async (host: string) => {
    asked.push(host);
    return answers[Math.min(asked.length, answers.length) - 1] ?? [];
  };
  const error = await rejectionOf(createGuardedFetch({ allowedHosts: [], resolve })(address));
  return { asked, error, kind: (error as GuardedFetchError).kind };
}

describe('no socket goes to', () => {
  test.each(Object.entries(HOSTILE_ADDRESSES))('%s', async (_, addresses) => {
    for (const address of addresses) {
      expect(await asking(address, ['8.8.8.8'])).toMatchObject({ kind: 'forbidden', asked: [] });
    }
    expect(sockets.destinations).toEqual([]);
  });

  test('what 100,000 other spellings and answers of DNS lead to, where nobody may go', async () => {
    const RUNS = 100_000;
    const inputs = fc.sample(fc.tuple(mutatedAddress, dnsAnswer), { numRuns: RUNS, seed: 4 });
    let connected = 0;
    for (const [address, answer] of inputs) {
      const { error } = await asking(address, answer);
      expect(error).toBeInstanceOf(GuardedFetchError);
      const forbidden = sockets.destinations.filter(isForbidden);
      if (forbidden.length > 0) throw new Error(`${JSON.stringify(address)} with ${answer} led to ${forbidden}`);
      connected += sockets.destinations.splice(0).length;
    }
    // Some are public: they show that the spy sees what connects.
    expect(connected).toBeGreaterThan(RUNS / 100);
  });
});

describe('a name', () => {
  test('is asked for once, and what it says later leads nowhere', async () => {
    const { asked, kind } = await asking('https://rebind.example.com/', ['8.8.8.8'], ['169.254.169.254']);

    expect(asked).toEqual(['rebind.example.com']);
    expect(sockets.destinations).toEqual(['8.8.8.8']);
    expect(kind).toBe('unreachable');
  });

  test.each([
    [['8.8.8.8', '10.0.0.1']],
    [['10.0.0.1', '8.8.8.8']],
    [['8.8.8.8', '2606:4700::1111', '::1']],
    [['8.8.8.8', '::ffff:8.8.8.8']],
    [['8.8.8.8', 'fe80::1%eth0']],
    [['8.8.8.8', 'example.com']],
  ])('is refused for one of its addresses: %j', async (answer) => {
    expect(await asking('https://several.example.com/', answer)).toMatchObject({ kind: 'forbidden' });
    expect(sockets.destinations).toEqual([]);
  });

  test('without addresses cannot be reached, and is not tried', async () => {
    const connect = () => {
      throw new TypeError('not to be called');
    };
    const fetch = createGuardedFetch({ allowedHosts: [], resolve: async () => [], connect });

    expect(await rejectionOf(fetch('https://nothing.example.com/'))).toMatchObject({ kind: 'unreachable' });
  });

  test('is connected to at every address that it has, in their order', async () => {
    await asking('https://two.example.com:8443/', ['8.8.8.8', '2606:4700::1111']);

    expect(sockets.destinations).toEqual(['8.8.8.8', '2606:4700::1111']);
  });

  test('is told nothing of where it leads when it is refused', async () => {
    const { error } = await asking('https://inside.example.com/', ['10.1.2.3']);

    expect(String(error)).not.toContain('10.1.2.3');
    expect((error as Error).cause).toBeUndefined();
  });
});
