import { describe, expect, test } from '@jest/globals';
import type { AgentDigest } from '../../../../lambdas/agents/digest-schema.ts';
import { decodeBase, encodeBase } from '../../../../lambdas/capability/base/base-codec.ts';
import { decodeNumbers, encodeNumbers, encodeTexts } from '../../../../lambdas/capability/base/column-codec.ts';
import { decodePostings, encodePostings } from '../../../../lambdas/capability/base/posting-codec.ts';
import { CapabilityIndex } from '../../../../lambdas/capability/index/capability-index.ts';
import { aDigest } from '../../../support/agents.ts';

const EVERYBODY = { all: [] };

function indexOf(digests: readonly AgentDigest[]): CapabilityIndex {
  const index = new CapabilityIndex();
  for (const digest of digests) index.set(digest);
  return index;
}

const many = (count: number): AgentDigest[] =>
  Array.from({ length: count }, (_, n) =>
    aDigest({
      id: `agent-${String(n).padStart(4, '0')}`,
      name: `name ${n}`,
      revision: n + 1,
      maxConcurrent: n,
      capabilities: [`can-${n % 50}`, `only-${n}`],
      ...(n % 3 > 0 && { description: `description ${n}` }),
    }),
  );

const encoded = (digests: readonly AgentDigest[]): Buffer =>
  Buffer.from(encodeBase({ asOf: 2, newest: 1, index: indexOf(digests) }));

const digestsOf = (index: CapabilityIndex) => index.ids(EVERYBODY).map((id) => index.get(id));

/** What is read back of some agents, which come in the order of their ids. */
const readBack = (digests: readonly AgentDigest[]): CapabilityIndex => decodeBase(encoded(digests)).index;

const HEAD = 9;
const headerLength = (bytes: Buffer): number => bytes.readUInt32LE(HEAD - 4);

interface Header {
  readonly agents: number;
  readonly sections: readonly number[];
  readonly bodies: readonly number[];
}

/** The same bytes behind another header. */
function withHeader(bytes: Buffer, change: (header: Header) => Partial<Header>): Buffer {
  const end = HEAD + headerLength(bytes);
  const header = JSON.parse(bytes.subarray(HEAD, end).toString()) as Header;
  const next = Buffer.from(JSON.stringify({ ...header, ...change(header) }));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(next.length);
  return Buffer.concat([bytes.subarray(0, HEAD - 4), length, next, bytes.subarray(end)]);
}

describe('a snapshot', () => {
  test('of nobody is an index that agents can come to', () => {
    const index = readBack([]);
    expect([index.size, index.ids(EVERYBODY), index.getStats().totalCapabilities]).toEqual([0, [], 0]);
    index.set(aDigest());

    expect(digestsOf(index)).toEqual([aDigest()]);
  });

  test.each([1, 255, 256, 257, 513])('keeps what is known of %d agents', (count) => {
    const index = readBack(many(count));

    expect(digestsOf(index)).toEqual(many(count));
    expect(index.findByCapability('can-0')).toEqual(
      many(count)
        .filter((_, n) => n % 50 === 0)
        .map(({ id }) => id),
    );
    expect(index.findByCapability(`only-${count - 1}`)).toEqual([many(count).at(-1)?.id]);
  });

  test('keeps an agent with very many terms', () => {
    const capabilities = Array.from({ length: 500 }, (_, n) => `can-${n}`);
    const digests = [aDigest({ id: 'a' }), aDigest({ id: 'b', capabilities }), aDigest({ id: 'c' })];
    const index = readBack(digests);

    expect(digestsOf(index)).toEqual(digests);
    expect(capabilities.filter((text) => String(index.findByCapability(text)) !== 'b')).toEqual([]);
  });

  test.each([
    ['line ends', 'a\r\nb\nc\u2028d'],
    ['NUL', '\u0000a\u0000'],
    ['a byte order mark', '\ufeffa'],
    ['the first half of a character', 'a\ud83d'],
    ['the second half of a character', '\ude00a'],
    ['a whole character of two halves', '😀'],
    ['the name of a prototype', '__proto__'],
    ['the last characters that there are', '\uffff\u{10ffff}'],
    ['nothing', ''],
  ])('keeps texts of %s, and those around them', (_what, text) => {
    const digests = [
      aDigest({ id: 'a', name: text, description: text, capabilities: [text, 'plain'], domains: ['x', text] }),
      aDigest({ id: 'b', capabilities: ['é', `${text}a`], actions: [text], tools: [text], type: text }),
    ];
    const index = readBack(digests);

    expect(digestsOf(index)).toEqual(digests);
    expect([index.findByCapability(text), index.findByAction(text)]).toEqual([['a'], ['b']]);
    expect(index.terms('capability')).toEqual([text, 'plain', 'é', `${text}a`].sort());
  });

  test('writes terms in twice the bytes only where halves of characters are among them', () => {
    const { encoding, texts } = encodeTexts(['é', '😀']);
    expect([encoding, texts.length]).toEqual(['utf8', 6]);
    expect(encodeTexts(['é', '\ud83d', '\ude00']).encoding).toBe('utf16le');
  });

  test('is the same for the same agents, and another for others', () => {
    expect(encoded(many(300).toReversed()).equals(encoded(many(300)))).toBe(true);
    expect(encoded(many(300)).equals(encoded(many(299)))).toBe(false);
  });
});

describe('what is no snapshot', () => {
  test('is an error wherever one was cut off', () => {
    const bytes = encoded(many(300));
    const step = 7;
    const cuts = Array.from({ length: Math.ceil(bytes.length / step) }, (_, n) => n * step);

    for (const cut of [...cuts, bytes.length - 1]) expect(() => decodeBase(bytes.subarray(0, cut))).toThrow();
  });

  test('is an error when something stands behind it', () => {
    expect(() => decodeBase(Buffer.concat([encoded(many(3)), Buffer.alloc(1)]))).toThrow('not as long as it says');
  });

  test('is an error when it has fewer agents than it says, or more', () => {
    const bytes = encoded(many(3));
    for (const difference of [-1, 1]) {
      const wrong = withHeader(bytes, ({ agents }) => ({ agents: agents + difference }));
      expect(() => decodeBase(wrong)).toThrow(`does not hold ${3 + difference} agents`);
    }
    expect(decodeBase(withHeader(bytes, () => ({}))).index.size).toBe(3);
  });

  test('is an error when a part of it is not as long as it says', () => {
    const bytes = encoded(many(3));
    for (const part of ['sections', 'bodies'] as const) {
      for (const difference of [-1, 1]) {
        const wrong = withHeader(bytes, (header) => ({
          [part]: header[part].map((length, n) => (n === 0 ? length + difference : length)),
        }));
        expect(() => decodeBase(wrong)).toThrow();
      }
    }
  });

  test('is an error when neighbouring parts share their bytes out otherwise', () => {
    const bytes = encoded(many(3));
    let length = 0;
    withHeader(bytes, ({ sections }) => {
      length = sections.length;
      return {};
    });
    expect(length).toBeGreaterThan(10);
    for (let place = 0; place + 1 < length; place += 1) {
      const wrong = withHeader(bytes, ({ sections }) => ({
        sections: sections.map((size, n) => (n === place ? size - 4 : n === place + 1 ? size + 4 : size)),
      }));
      expect(() => decodeBase(wrong).index.ids({ all: [] })).toThrow();
    }
  });

  test('is an error when its postings are not as long as their sizes say', () => {
    const lists = [Uint32Array.of(3, 500, 900), Uint32Array.of(7)];
    const { sizes, forms, bodies } = encodePostings(
      {
        length: 2,
        sizeOf: (term) => lists[term]?.length ?? 0,
        at: (term) => ({ size: lists[term]?.length ?? 0, read: () => lists[term] ?? new Uint32Array(0) }),
      },
      1_000,
    );
    expect([...decodePostings({ sizes, forms, bodies }).at(0).read()]).toEqual([3, 500, 900]);

    for (const size of [2, 4]) {
      const wrong = decodePostings({ sizes: Uint32Array.of(size, 1), forms, bodies });
      expect(() => wrong.at(0).read()).toThrow('A posting is not as long as it says');
    }
    expect(() => decodePostings({ sizes, forms, bodies: bodies.subarray(1) })).toThrow('not as long as they say');
    expect(() => decodePostings({ sizes: sizes.subarray(1), forms, bodies })).toThrow('not as long as they say');
  });
});

test('numbers are read from wherever they lie', () => {
  const numbers = Uint32Array.of(0, 1, 2 ** 32 - 1);
  const shifted = Buffer.concat([Buffer.alloc(1), encodeNumbers(numbers)]).subarray(1);

  expect(decodeNumbers(shifted)).toEqual(numbers);
});
