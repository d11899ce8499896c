import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { type AllowedHosts, isAllowed, isPortAllowed, portOf } from './allowed-hosts.ts';

/** Why an address that a user gave is not used. It says what the address is like, never where a name leads. */
export interface Refusal {
  readonly rule: 'forbiddenAddress';
  readonly message: string;
}

const refusal = (message: string): Refusal => ({ rule: 'forbiddenAddress', message });

/**
 * Ports from 1024 on behind which other protocols listen, which an HTTP request might speak to by accident or on purpose:
 * those that browsers refuse (Fetch standard, "bad port"), databases, caches, and consoles of machines.
 */
const FOREIGN_PORTS: ReadonlySet<number> = new Set([
  ...[
    1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
  ],
  ...[1433, 1521, 2375, 2379, 3306, 3389, 5432, 5900, 6379, 9042, 9200, 9300, 11211, 27017],
]);

/** Longest address that is looked at, as the schemas have it. */
const MAX_LENGTH = 2048;

/** What the URL parser takes away or turns into something else, so that two parsers may read two hosts. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const AMBIGUOUS = /[\u0000-\u0020\u007f-\u00a0\\]/;

/** Labels of letters, digits, hyphens and underscores, as DNS has them (RFC 1123, section 2.1), at least two of them. */
const HOST_NAME = /^(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * Last labels of names that mean something within a machine or a network (RFC 6761, RFC 9476, ICANN's "internal", and what
 * routers and companies use). Those that mean nothing (`example`, `invalid`, `test`) may stand in documents: whatever some
 * resolver makes of them is judged when it is connected to.
 */
const INSIDE_NAMES: ReadonlySet<string> = new Set(
  'alt arpa corp home internal intranet lan local localdomain localhost mail onion private'.split(' '),
);

/** `ipaddr.js` calls `unicast` whatever it knows nothing against. */
const PUBLIC_RANGES: ReadonlySet<string> = new Set(['unicast']);

/** Where targets inside a VPC live. A VPC may use 100.64.0.0/10 as well (Amazon VPC user guide, "VPC CIDR blocks"). */
const VPC_RANGES: ReadonlySet<string> = new Set(['unicast', 'private', 'loopback', 'uniqueLocal', 'carrierGradeNat']);

/**
 * Where clouds tell instances their credentials, or answer their own questions, outside of the link-local range:
 * AWS (EC2 user guide, "Instance metadata"), Google, Azure, Alibaba.
 */
const METADATA = ['fd00:ec2::/32', 'fd20:ce::/32', '168.63.129.16/32', '100.100.100.200/32'];

/**
 * What `ipaddr.js` takes for ordinary and is not: the 6bone's old prefix, and all that is not global unicast
 * (2000::/3; RFC 4291, section 2.4), such as the dummy prefix 100:0:0:1::/64.
 */
const GLOBAL_UNICAST = ipaddr.parseCIDR('2000::/3');
const RETIRED = ipaddr.parseCIDR('3ffe::/16');
const METADATA_RANGES = METADATA.map((range) => ipaddr.parseCIDR(range));

type Address = ReturnType<typeof ipaddr.parse>;
type Range = ReturnType<typeof ipaddr.parseCIDR>;

const isWithin = (address: Address, range: Range): boolean =>
  address.kind() === range[0].kind() && address.match(range);

/** An interface id of ISATAP carries an IPv4 address, private ones too (RFC 5214, section 6.1). */
function isIsatap(address: Address): boolean {
  if (!(address instanceof ipaddr.IPv6)) return false;
  const [high, low] = address.parts.slice(4);
  return (high === 0 || high === 0x200) && low === 0x5efe;
}

function rangeOf(address: Address): string {
  if (METADATA_RANGES.some((range) => isWithin(address, range))) return 'metadata';
  const range: string = address.range();
  if (range !== 'unicast' || address.kind() === 'ipv4') return range;
  if (!isWithin(address, GLOBAL_UNICAST) || isWithin(address, RETIRED)) return 'reserved';
  return isIsatap(address) ? 'isatap' : range;
}

/**
 * Whether something may connect to an IP address. Whatever is not known to be public is forbidden: private, shared,
 * loopback, link-local, metadata, multicast, reserved, documentation and benchmark ranges, and every form of IPv6 that
 * carries an IPv4 address or goes through a translator.
 *
 * @param ip as the URL parser or a resolver writes it, without brackets
 * @param allowed whether it belongs to a host of the allow-list: then it may be within a VPC or on this machine
 */
export function judgeAddress(ip: string, { allowed = false } = {}): Refusal | undefined {
  // `ipaddr.js` reads more spellings than anybody who resolves names writes, and zones name an interface of ours.
  if (isIP(ip) === 0 || ip.includes('%')) return refusal('is not an IP address');
  const range = rangeOf(ipaddr.parse(ip));
  if ((allowed ? VPC_RANGES : PUBLIC_RANGES).has(range)) return undefined;
  return refusal('must not be a private, local or reserved address');
}

function judgeHost(hostname: string, allowed: boolean): Refusal | undefined {
  const ip = hostname.replace(/^\[(.*)\]$/, '$1');
  if (isIP(ip) !== 0) return judgeAddress(ip, { allowed });
  if (allowed) return undefined;
  const last = hostname.slice(hostname.lastIndexOf('.') + 1);
  if (INSIDE_NAMES.has(last)) return refusal('must not be a local or reserved name');
  return HOST_NAME.test(hostname) ? undefined : refusal('must be the full name of a host');
}

const isWebPort = (port: number): boolean => port === 443 || port === 80 || (port >= 1024 && !FOREIGN_PORTS.has(port));

/** Free of a dot at its end, which names the same host in other words. */
function withoutFinalDot(url: URL): URL {
  if (url.hostname.endsWith('.')) url.hostname = url.hostname.slice(0, -1);
  return url;
}

/**
 * Whether an address that a user gave may be used, as far as can be told without DNS. The host is judged as the WHATWG
 * parser gives it: `0x7f.1`, `2130706433` and `１２７。0。0。1` are 127.0.0.1 then.
 *
 * @returns the address to use, or why there is none
 */
export function judgeUrl(text: string, { allowedHosts }: { allowedHosts: AllowedHosts }): URL | Refusal {
  const parsed = text.length > MAX_LENGTH || AMBIGUOUS.test(text) ? null : URL.parse(text);
  if (parsed === null) return refusal('is not a well-formed address');
  const url = withoutFinalDot(parsed);
  const allowed = isAllowed(url, allowedHosts);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && allowed)) return refusal('must begin with https://');
  if (url.username !== '' || url.password !== '') return refusal('must not contain credentials');
  if (!isPortAllowed(url, allowedHosts) && !isWebPort(portOf(url))) {
    return refusal('must use port 443 or 80, or one from 1024 on that belongs to no other protocol');
  }
  return judgeHost(url.hostname, allowed) ?? url;
}
