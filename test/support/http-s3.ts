import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { S3Client } from '@aws-sdk/client-s3';

interface StoredObject {
  readonly body: Buffer;
  readonly etag: string;
  readonly modified: Date;
}

/** A request as a test sees it: `GET key`, `HEAD key`, `PUT key` or `LIST n`, the n-th page of a listing. */
export type S3Call = string;

/** What becomes of a request instead of its answer: a status with its code, or bytes of the true answer that are lost. */
export type S3Fault =
  | { readonly status: number; readonly code: string }
  /** So many bytes come, then the connection breaks. */
  | { readonly breakAfter: number }
  /** So many bytes come as if they were all. */
  | { readonly cutTo: number }
  /** It takes effect, and nobody hears of it. */
  | 'lost'
  /** A page that says that there are more, and not where. */
  | 'no token';

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;');

const etagOf = (body: Buffer): string => `"${createHash('md5').update(body).digest('hex')}"`;

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
  return Buffer.concat(parts);
}

/**
 * As much of S3 as manifests need, over HTTP on this machine: objects with ETags, conditions, listings by page; and
 * what goes wrong on the way to it.
 */
export class HttpS3 {
  readonly objects = new Map<string, StoredObject>();
  /** Every call that came, in order. */
  readonly calls: S3Call[] = [];
  /** Asked at each call. */
  fault: (call: S3Call) => S3Fault | undefined = () => undefined;
  /** Asked before each call takes effect. */
  before: (call: S3Call) => void = () => undefined;
  pageSize = 1_000;
  /** When objects are written from now on. */
  now = new Date('2026-11-21T10:00:00.000Z');
  readonly #server = createServer((request, response) => void this.#serve(request, response));

  async start(): Promise<this> {
    await new Promise<void>((listening) => this.#server.listen(0, '127.0.0.1', listening));
    return this;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** A client of it. */
  client(maxAttempts = 1): S3Client {
    return new S3Client({
      endpoint: this.endpoint,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'a', secretAccessKey: 's' },
      forcePathStyle: true,
      maxAttempts,
    });
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((closed) => this.#server.close(closed));
  }

  put(key: string, content: string | Buffer): StoredObject {
    const body = Buffer.from(content);
    const stored = { body, etag: etagOf(body), modified: this.now };
    this.objects.set(key, stored);
    return stored;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<unknown> {
    const url = new URL(request.url ?? '/', 'http://s3');
    const key = decodeURIComponent(url.pathname.split('/').slice(2).join('/'));
    const isListing = url.searchParams.has('list-type');
    const page = Number(url.searchParams.get('continuation-token') ?? 0);
    const call = isListing ? `LIST ${page}` : `${request.method} ${key}`;
    this.calls.push(call);
    const body = await bodyOf(request);
    this.before(call);
    const fault = this.fault(call);
    if (typeof fault === 'object' && 'status' in fault) return this.#refuse(response, fault.status, fault.code);
    if (isListing) return this.#list(response, url.searchParams.get('prefix') ?? '', page, fault);
    if (request.method === 'PUT') return this.#put(request, response, key, body, fault);
    return this.#get(request, response, key, fault);
  }

  #refuse(response: ServerResponse, status: number, code: string): void {
    response.writeHead(status, { 'content-type': 'application/xml' });
    response.end(`<Error><Code>${code}</Code><Message>${code}</Message></Error>`);
  }

  #list(response: ServerResponse, prefix: string, page: number, fault: S3Fault | undefined): void {
    const keys = [...this.objects.keys()].filter((key) => key.startsWith(prefix)).sort();
    const shown = keys.slice(page * this.pageSize, (page + 1) * this.pageSize);
    const isTruncated = keys.length > (page + 1) * this.pageSize;
    const contents = shown.map((key) => {
      const { etag, modified, body } = this.objects.get(key) as StoredObject;
      const [k, e, m] = [escaped(key), escaped(etag), modified.toISOString()];
      return `<Contents><Key>${k}</Key><LastModified>${m}</LastModified><ETag>${e}</ETag><Size>${body.length}</Size></Contents>`;
    });
    const next =
      isTruncated && fault !== 'no token' ? `<NextContinuationToken>${page + 1}</NextContinuationToken>` : '';
    const xml = `<?xml version="1.0" encoding="UTF-8"?><ListBucketResult><IsTruncated>${isTruncated}</IsTruncated>${next}${contents.join('')}</ListBucketResult>`;
    this.#answer(response, 200, { 'content-type': 'application/xml' }, Buffer.from(xml), fault);
  }

  #put(
    request: IncomingMessage,
    response: ServerResponse,
    key: string,
    body: Buffer,
    fault: S3Fault | undefined,
  ): unknown {
    const held = this.objects.get(key);
    const { 'if-match': match, 'if-none-match': noneMatch } = request.headers;
    if (match !== undefined && held === undefined) return this.#refuse(response, 404, 'NoSuchKey');
    if ((match !== undefined && match !== held?.etag) || (noneMatch === '*' && held !== undefined)) {
      return this.#refuse(response, 412, 'PreconditionFailed');
    }
    const { etag } = this.put(key, body);
    if (fault === 'lost') return response.destroy();
    return this.#answer(response, 200, { etag }, Buffer.alloc(0), fault);
  }

  #get(request: IncomingMessage, response: ServerResponse, key: string, fault: S3Fault | undefined): unknown {
    const held = this.objects.get(key);
    if (held === undefined) return this.#refuse(response, 404, 'NoSuchKey');
    const { 'if-match': match, 'if-none-match': noneMatch } = request.headers;
    if (match !== undefined && match !== held.etag) return this.#refuse(response, 412, 'PreconditionFailed');
    if (noneMatch === held.etag) return response.writeHead(304, { etag: held.etag }).end();
    const headers = { etag: held.etag, 'last-modified': held.modified.toUTCString() };
    const length = { 'content-length': String(held.body.length) };
    if (request.method === 'HEAD') return response.writeHead(200, { ...headers, ...length }).end();
    return this.#answer(response, 200, headers, held.body, fault);
  }

  #answer(
    response: ServerResponse,
    status: number,
    headers: Record<string, string>,
    body: Buffer,
    fault: S3Fault | undefined,
  ): unknown {
    const cut = typeof fault === 'object' && 'cutTo' in fault ? body.subarray(0, fault.cutTo) : body;
    response.writeHead(status, { ...headers, 'content-length': String(cut.length) });
    if (typeof fault !== 'object' || !('breakAfter' in fault)) return response.end(cut);
    return response.write(body.subarray(0, fault.breakAfter), () => response.destroy());
  }
}

const running: HttpS3[] = [];

/** An empty bucket of a server of its own. */
export async function aBucket(): Promise<HttpS3> {
  const server = await new HttpS3().start();
  running.push(server);
  return server;
}

/** Ends every server that a test file has started. */
export async function stopBuckets(): Promise<void> {
  for (const server of running.splice(0)) await server.stop();
}
