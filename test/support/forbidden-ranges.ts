import { BlockList, isIPv6 } from 'node:net';

/**
 * What nothing may connect to, written down a second time, from the registries of special addresses (IANA, IPv4 and IPv6)
 * and judged by another judge than the one that is tested.
 */
export const FORBIDDEN_RANGES: readonly string[] = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '168.63.129.16/32',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '192.175.48.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '::/3',
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '2620:4f:8000::/48',
  '3ffe::/16',
  '3fff::/20',
  '4000::/2',
  '8000::/1',
];

/** One list for each kind: in a list of both, 8.8.8.8 is ::ffff:8.8.8.8 as well. */
const blocked = { ipv4: new BlockList(), ipv6: new BlockList() };
const kindOf = (ip: string) => (isIPv6(ip) ? 'ipv6' : 'ipv4');
for (const range of FORBIDDEN_RANGES) {
  const [network = '', bits = ''] = range.split('/');
  blocked[kindOf(network)].addSubnet(network, Number(bits), kindOf(network));
}

/** Whether an IP address is in one of them. */
export const isForbidden = (ip: string): boolean => blocked[kindOf(ip)].check(ip, kindOf(ip));
