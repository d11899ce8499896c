import { describe, expect, test } from '@jest/globals';
import { judgeAddress, judgeUrl } from '../../../lambdas/shared/address-rules.ts';
import { parseAllowedHosts } from '../../../lambdas/shared/allowed-hosts.ts';
import { ALL_HOSTILE, HOSTILE_ADDRESSES } from '../../support/hostile-addresses.ts';

/** The address that is used in the end, or what is wrong with it. */
function judged(text: string, allowed = ''): string {
  const verdict = judgeUrl(text, { allowedHosts: parseAllowedHosts(allowed) });
  return verdict instanceof URL ? verdict.href : verdict.message;
}

const isRefused = (text: string, allowed?: string): boolean => !URL.canParse(judged(text, allowed));

describe('an address that a user gives', () => {
  test('is tried in more than 300 hostile forms', () => {
    expect(new Set(ALL_HOSTILE).size).toBe(ALL_HOSTILE.length);
    expect(ALL_HOSTILE.length).toBeGreaterThan(300);
  });

  test.each(Object.entries(HOSTILE_ADDRESSES))('is refused: %s', (_, addresses) => {
    expect(addresses.filter((address) => !isRefused(address))).toEqual([]);
  });

  test.each([
    ['https://example.com', 'https://example.com/'],
    ['https://Example.COM.:443/Path?a=b', 'https://example.com/Path?a=b'],
    ['https://example.com:80/', 'https://example.com:80/'],
    ['https://example.com:8443/health', 'https://example.com:8443/health'],
    ['https://bücher.example.com/', 'https://xn--bcher-kva.example.com/'],
    ['https://a_b.example.com/', 'https://a_b.example.com/'],
    ['https://abc123.execute-api.eu-central-1.amazonaws.com/prod', undefined],
    ['https://localhost.example.com/', undefined],
    ['https://internal.example.com/', undefined],
    ['https://8.8.8.8/', undefined],
    ['https://0x08080808/', 'https://8.8.8.8/'],
    ['https://[2606:4700:4700::1111]/', undefined],
    [`https://${`${'a'.repeat(63)}.`.repeat(3)}example.com/`, undefined],
  ])('is taken: %s', (address, used = address) => {
    expect(judged(address)).toBe(used);
  });

  test.each([
    ['https://', 'is not a well-formed address'],
    ['http://example.com/', 'must begin with https://'],
    ['https://u:p@example.com/', 'must not contain credentials'],
    ['https://example.com:22/', 'must use port 443 or 80, or one from 1024 on that belongs to no other protocol'],
    ['https://0x7f.1/', 'must not be a private, local or reserved address'],
    ['https://api.localhost/', 'must not be a local or reserved name'],
    ['https://vault/', 'must be the full name of a host'],
  ])('is told what is wrong with it: %s', (address, message) => {
    expect(judgeUrl(address, { allowedHosts: [] })).toEqual({ rule: 'forbiddenAddress', message });
  });
});

/** First and last address of a forbidden range, and the public ones beside it. */
const RANGES: readonly (readonly [first: string, last: string, before?: string, after?: string])[] = [
  ['0.0.0.0', '0.255.255.255', undefined, '1.0.0.0'],
  ['10.0.0.0', '10.255.255.255', '9.255.255.255', '11.0.0.0'],
  ['100.64.0.0', '100.127.255.255', '100.63.255.255', '100.128.0.0'],
  ['127.0.0.0', '127.255.255.255', '126.255.255.255', '128.0.0.0'],
  ['168.63.129.16', '168.63.129.16', '168.63.129.15', '168.63.129.17'],
  ['169.254.0.0', '169.254.255.255', '169.253.255.255', '169.255.0.0'],
  ['172.16.0.0', '172.31.255.255', '172.15.255.255', '172.32.0.0'],
  ['192.0.0.0', '192.0.0.255', '191.255.255.255', '192.0.1.0'],
  ['192.0.2.0', '192.0.2.255', '192.0.1.255', '192.0.3.0'],
  ['192.31.196.0', '192.31.196.255', '192.31.195.255', '192.31.197.0'],
  ['192.52.193.0', '192.52.193.255', '192.52.192.255', '192.52.194.0'],
  ['192.88.99.0', '192.88.99.255', '192.88.98.255', '192.88.100.0'],
  ['192.168.0.0', '192.168.255.255', '192.167.255.255', '192.169.0.0'],
  ['192.175.48.0', '192.175.48.255', '192.175.47.255', '192.175.49.0'],
  ['198.18.0.0', '198.19.255.255', '198.17.255.255', '198.20.0.0'],
  ['198.51.100.0', '198.51.100.255', '198.51.99.255', '198.51.101.0'],
  ['203.0.113.0', '203.0.113.255', '203.0.112.255', '203.0.114.0'],
  ['224.0.0.0', '255.255.255.255', '223.255.255.255'],
  ['::', '1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', undefined, '2000::'],
  ['2001::', '2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff', '2000:ffff::', '2001:200::'],
  ['2001:db8::', '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff', '2001:db7::', '2001:db9::'],
  ['2002::', '2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff', '2001:ffff::', '2003::'],
  ['2620:4f:8000::', '2620:4f:8000:ffff:ffff:ffff:ffff:ffff', '2620:4f:7fff::', '2620:4f:8001::'],
  ['3ffe::', '3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff', '3ffd::', '3fff:1000::'],
  ['3fff::', '3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff', undefined, '3fff:1000::'],
  ['4000::', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', '3fff:ffff::'],
  ['2606:4700:0:1:0:5efe:808:808', '2606:4700:0:1:0:5efe:808:808', '2606:4700:0:1:0:5eff::', '2606:4700:0:1:1:5efe::'],
  ['2606:4700:0:1:200:5efe:808:808', '2606:4700:0:1:200:5efe:808:808', '2606:4700:0:1:200:5efd::'],
];

describe('an IP address', () => {
  test.each(RANGES)(
    'is refused from %s to %s, and not beside',
    (first, last, before = '8.8.8.8', after = '8.8.8.8') => {
      const refused = [first, last, before, after].map((ip) => judgeAddress(ip) !== undefined);

      expect(refused).toEqual([true, true, false, false]);
    },
  );

  test.each(['', 'localhost', '127.1', '0x7f.1', '010.0.0.1', '2130706433', '[::1]', '8.8.8.8%1', '2606:4700::1%eth0'])(
    'is no other spelling: %j',
    (text) => {
      expect(judgeAddress(text)?.message).toBe('is not an IP address');
      expect(judgeAddress(text, { allowed: true })?.message).toBe('is not an IP address');
    },
  );
});

describe('a host of the allow-list', () => {
  test.each([
    ['http://mcp.corp/', 'mcp.corp'],
    ['http://mcp:8080/', 'mcp'],
    ['http://MCP.corp./', 'mcp.corp'],
    ['https://localhost:3000/', 'localhost:3000'],
    ['http://127.0.0.1:4566/', '127.0.0.1'],
    ['http://0x7f.1/', '127.0.0.1'],
    ['http://10.1.2.3/', '10.1.2.3'],
    ['http://100.64.0.1/', '100.64.0.1'],
    ['http://[::1]:8080/', '::1'],
    ['http://[fd00::1]/', '[fd00::1]:80'],
    ['http://example.com/', 'example.com'],
    ['http://db.corp:5432/', 'db.corp:5432'],
    ['http://db.corp:22/', 'db.corp:22'],
  ])('is reached: %s with %s', (address, allowed) => {
    expect(isRefused(address, allowed)).toBe(false);
  });

  test.each([
    ['http://169.254.169.254/', '169.254.169.254'],
    ['http://169.254.170.2/', '169.254.170.2'],
    ['http://[fe80::1]/', 'fe80::1'],
    ['http://[fd00:ec2::254]/', 'fd00:ec2::254'],
    ['http://100.100.100.200/', '100.100.100.200'],
    ['http://[::ffff:a9fe:a9fe]/', '::ffff:a9fe:a9fe'],
    ['http://[::ffff:127.0.0.1]/', '::ffff:127.0.0.1'],
    ['http://0.0.0.0/', '0.0.0.0'],
    ['http://224.0.0.1/', '224.0.0.1'],
  ])('is refused all the same for what it is: %s', (address, allowed) => {
    expect(judged(address, allowed)).toBe('must not be a private, local or reserved address');
  });

  test.each([
    ['http://mcp.corp:8081/', 'mcp.corp:8080'],
    ['http://mcp.corp/', 'mcp.corp:443'],
    ['http://a.mcp.corp/', 'mcp.corp'],
    ['http://corp/', 'mcp.corp'],
    ['http://xmcp.corp/', 'mcp.corp'],
    ['http://127.0.0.2/', '127.0.0.1'],
    ['http://u:p@mcp.corp/', 'mcp.corp'],
    ['http://mcp.corp:22/', 'mcp.corp'],
    ['http://mcp.corp:5432/', 'mcp.corp'],
    ['ftp://mcp.corp/', 'mcp.corp'],
  ])('is that very host, and no other way to it: %s with %s', (address, allowed) => {
    expect(isRefused(address, allowed)).toBe(true);
  });
});

describe('an allow-list', () => {
  test('is read from a comma-separated text', () => {
    expect(parseAllowedHosts(' MCP.Corp , 10.0.0.5:8080,,::1, [FD00::1]:443,nas.local.')).toEqual([
      'mcp.corp',
      '10.0.0.5:8080',
      '[::1]',
      '[fd00::1]:443',
      'nas.local',
    ]);
  });

  test.each([undefined, '', ' , '])('may be empty: %j', (text) => {
    expect(parseAllowedHosts(text)).toEqual([]);
  });

  test.each([
    '*',
    '*.corp',
    'http://mcp.corp',
    'mcp.corp/path',
    'a b',
    '10.0.0.0/8',
    'mcp:99999',
    'mcp:',
    '999.1.1.1',
    'u@mcp',
  ])('names what it cannot read: %s', (entry) => {
    expect(() => parseAllowedHosts(`mcp.corp,${entry}`)).toThrow(`"${entry}" is no name or address of a host`);
  });
});
