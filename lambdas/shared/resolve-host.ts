import { lookup, Resolver } from 'node:dns/promises';

/** All IP addresses of a host; none when it is not known. `allowed`: it is a host of the allow-list. */
export type Resolve = (host: string, options: { readonly allowed: boolean }) => Promise<readonly string[]>;

/** Each of two tries waits a second longer than DNS takes in a region. */
const DNS = { timeout: 1_000, tries: 2 } as const;

let resolver: Resolver | undefined;

const noneWhenUnknown = (): string[] => [];

/**
 * Asks DNS without the thread pool of `getaddrinfo`, where four names that do not answer hold up all others. The hosts
 * file and the search list are for hosts of the allow-list. IPv4 comes first: few functions have a way out by IPv6.
 */
export const resolveHost: Resolve = async (host, { allowed }) => {
  if (allowed) return (await lookup(host, { all: true })).map(({ address }) => address);
  resolver ??= new Resolver(DNS);
  const kinds = [resolver.resolve4(host), resolver.resolve6(host)];
  return (await Promise.all(kinds.map((kind) => kind.catch(noneWhenUnknown)))).flat();
};
