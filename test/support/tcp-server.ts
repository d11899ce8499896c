import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { Certificate } from './certificate.ts';

/** A server on this machine that says what a test wants it to say, byte for byte. */
export interface TcpServer extends AsyncDisposable {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  readonly port: number;
  /** What each connection has sent first. */
  readonly requests: string[];
  /** Connections that are there now. */
  open(): number;
  /** Comes back when there is none left. */
  allClosed(): Promise<void>;
}

/** @param speak is called when a connection has sent its first bytes */
export async function tcpServer(speak: (socket: Socket) => void, certificate?: Certificate): Promise<TcpServer> {
  const sockets = new Set<Socket>();
  const requests: string[] = [];
  const serve = (socket: Socket) => {
    // Who breaks off in the middle is no failure of this server.
    socket.on('error', () => undefined);
    socket.once('data', (bytes) => {
      requests.push(bytes.toString());
      speak(socket);
    });
  };
  const server: Server = certificate ? createTlsServer(certificate, serve) : createServer(serve);
  server.on('connection', (socket) => {
    sockets.add(socket.on('error', () => undefined));
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  const allClosed = async () => {
    await Promise.all([...sockets].map((socket) => new Promise((closed) => socket.once('close', closed))));
  };
  return {
    host: `127.0.0.1:${port}`,
    port,
    requests,
    open: () => sockets.size,
    allClosed,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((closed) => server.close(closed));
    },
  };
}

/** A whole HTTP answer. */
export const httpAnswer = (head: string, body = ''): string =>
  `HTTP/1.1 ${head}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
