import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, test } from '@jest/globals';
import { freePort, isPortFree, LOOPBACK } from '../../../bin/local/port.ts';

test('a free port is free until somebody listens on it', async () => {
  const port = await freePort();
  expect(await isPortFree(port)).toBe(true);
  const server = createServer().listen(port, LOOPBACK);
  await once(server, 'listening');
  expect(await isPortFree(port)).toBe(false);
  server.close();
});
