import { isIP, type LookupFunction, type NetConnectOpts, Socket } from 'node:net';
import { jest } from '@jest/globals';

/** Where sockets of this process would have gone. None of them goes anywhere. */
export interface SocketSpy extends Disposable {
  /** IP addresses, one for each that a socket was told to try; names that nobody had resolved, as they are. */
  readonly destinations: string[];
}

type Resolved = Parameters<Parameters<LookupFunction>[2]>[1];

/** Gives `tried` the addresses when Node would begin to connect to them. */
function begin(
  { host = 'localhost', lookup }: { host?: string; lookup?: LookupFunction },
  tried: (ips: string[]) => void,
) {
  if (isIP(host) !== 0 || lookup === undefined) {
    process.nextTick(tried, [host]);
    return;
  }
  lookup(host, { all: true }, (_error, resolved: Resolved) => {
    tried(typeof resolved === 'string' ? [resolved] : resolved.map(({ address }) => address));
  });
}

/** Stands in the place where every TCP and TLS socket of Node begins to connect. */
export function spyOnSockets(): SocketSpy {
  const destinations: string[] = [];
  const spy = jest.spyOn(Socket.prototype, 'connect').mockImplementation(function (this: Socket, first: unknown) {
    // `net.connect` hands over its arguments in a list, `tls.connect` one by one.
    const options = (Array.isArray(first) ? first[0] : first) as NetConnectOpts;
    begin(options as Parameters<typeof begin>[0], (addresses) => {
      destinations.push(...addresses);
      this.destroy(Object.assign(new Error('held back'), { code: 'ECONNREFUSED' }));
    });
    return this;
  });
  return { destinations, [Symbol.dispose]: () => spy.mockRestore() };
}
