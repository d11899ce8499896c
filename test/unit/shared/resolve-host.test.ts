import { Resolver } from 'node:dns/promises';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { resolveHost } from '../../../lambdas/shared/resolve-host.ts';

afterEach(() => {
  jest.restoreAllMocks();
});

/** DNS, as it answers the two questions for addresses. */
function dnsSays(ipv4: readonly string[] | Error, ipv6: readonly string[] | Error): string[] {
  const asked: string[] = [];
  const answering = (kind: string, answer: readonly string[] | Error) => async (host: string) => {
    asked.push(`${kind} ${host}`);
    if (answer instanceof Error) throw answer;
    return answer as string[];
  };
  jest.spyOn(Resolver.prototype, 'resolve4').mockImplementation(answering('A', ipv4) as Resolver['resolve4']);
  jest.spyOn(Resolver.prototype, 'resolve6').mockImplementation(answering('AAAA', ipv6) as Resolver['resolve6']);
  return asked;
}

const nothing = Object.assign(new Error('queryA ENODATA'), { code: 'ENODATA' });

describe('a name', () => {
  test('has all its addresses, those of IPv4 first, by one question for each kind', async () => {
    const asked = dnsSays(['8.8.8.8', '8.8.4.4'], ['2606:4700::1111']);

    expect(await resolveHost('example.com', { allowed: false })).toEqual(['8.8.8.8', '8.8.4.4', '2606:4700::1111']);
    expect(asked).toEqual(['A example.com', 'AAAA example.com']);
  });

  test('may have addresses of one kind only, or none', async () => {
    dnsSays(nothing, ['2606:4700::1111']);
    expect(await resolveHost('six.example.com', { allowed: false })).toEqual(['2606:4700::1111']);
    dnsSays(nothing, nothing);
    expect(await resolveHost('none.example.com', { allowed: false })).toEqual([]);
  });

  test('is looked for in the hosts file only where the allow-list names it', async () => {
    const asked = dnsSays(nothing, nothing);

    expect(await resolveHost('localhost', { allowed: true })).toContain('127.0.0.1');
    expect(asked).toEqual([]);
    expect(await resolveHost('localhost', { allowed: false })).toEqual([]);
  });
});
