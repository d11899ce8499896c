import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

/** The only address that anything of the local stack listens on. */
export const LOOPBACK = '127.0.0.1';

async function listenOnce(port: number): Promise<number> {
  const server = createServer().listen(port, LOOPBACK);
  await once(server, 'listening');
  const taken = (server.address() as AddressInfo).port;
  server.close();
  await once(server, 'close');
  return taken;
}

/** A port of the loopback interface that nobody listens on just now. */
export function freePort(): Promise<number> {
  return listenOnce(0);
}

/** Whether the port can be listened on; why it can't (taken, or reserved for the system) makes no difference here. */
export async function isPortFree(port: number): Promise<boolean> {
  return listenOnce(port).then(
    () => true,
    () => false,
  );
}
