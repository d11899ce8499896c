import { isIPv6 } from 'node:net';

/**
 * Hosts that may be reached by http and under private addresses, as {@link parseAllowedHosts} gives them: `mcp.corp`,
 * `10.0.0.5`, `[fd00::1]`, or with the one port that is meant, `mcp.corp:8080`.
 */
export type AllowedHosts = readonly string[];

const ENTRY = /^(?<host>\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:(?<port>[1-9]\d{0,4}))?$/;

function toEntry(text: string): string {
  const { host, port } = ENTRY.exec(isIPv6(text) ? `[${text}]` : text)?.groups ?? {};
  const url = host === undefined ? null : URL.parse(`https://${host}:${port ?? 443}`);
  if (url === null) throw new Error(`ALLOWED_HOSTS: "${text}" is no name or address of a host`);
  const hostname = url.hostname.replace(/\.$/, '');
  return port === undefined ? hostname : `${hostname}:${port}`;
}

/**
 * Reads an allow-list: comma-separated names or addresses, each with or without a port.
 *
 * @param text absent or empty: no host is allowed
 * @throws Error that names the entry that is none
 */
export const parseAllowedHosts = (text = ''): AllowedHosts =>
  text
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .filter((entry) => entry !== '')
    .map(toEntry);

const DEFAULT_PORTS: Readonly<Record<string, string>> = { 'https:': '443', 'http:': '80' };

/** The port that an address leads to, named or not. */
export const portOf = ({ port, protocol }: URL): number => Number(port || DEFAULT_PORTS[protocol]);

/** Whether the list names this host with this very port. */
export const isPortAllowed = (url: URL, allowedHosts: AllowedHosts): boolean =>
  allowedHosts.includes(`${url.hostname}:${portOf(url)}`);

/** Whether the list names this host, with this port or with none. */
export const isAllowed = (url: URL, allowedHosts: AllowedHosts): boolean =>
  allowedHosts.includes(url.hostname) || isPortAllowed(url, allowedHosts);
