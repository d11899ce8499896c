import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { AgentColumns } from '../index/agent-columns.ts';
import { CapabilityIndex } from '../index/capability-index.ts';
import { KINDS } from '../index/expression.ts';
import type { IndexParts } from '../index/index-core.ts';
import type { Term } from '../index/term-dictionary.ts';
import { decodeNumbers, encodeNumbers, lengthsOf, startsOf } from './numbers-codec.ts';
import { decodePostings, encodePostings } from './posting-codec.ts';
import { encodeTexts, textReader } from './text-blocks.ts';

/** First bytes of every snapshot: a name and the number of the format. Format 1 was plain JSON. */
const MAGIC = Buffer.from('ARIX\u0002');

/** Parts of a snapshot, each compressed by itself, in this order; blocks of texts follow. */
const SECTIONS = ['ids', 'terms', 'postings', 'rows', 'rowLengths', 'revisions', 'limits'] as const;
type Section = (typeof SECTIONS)[number];

/** What stands in front: JSON, so that a person can look at it. */
interface Header {
  readonly asOf: number;
  readonly newest: number;
  readonly agents: number;
  readonly terms: number;
  /** Bytes of each section, compressed, and then of each block of texts. */
  readonly lengths: readonly number[];
}

/** All agents as of a moment (ARCHITECTURE, "Reading"). Milliseconds since the epoch. */
export interface IndexBase {
  /** Everything that was committed before is in it. */
  readonly asOf: number;
  /** Where reading the log goes on. */
  readonly newest: number;
  /** Of its reader, who may go on with it. */
  readonly index: CapabilityIndex;
}

const encodeTerms = (terms: readonly Term[]): Uint8Array =>
  Buffer.from(JSON.stringify(terms.map(([kind, text]) => [KINDS.indexOf(kind), text])));

const decodeTerms = (bytes: Uint8Array): Term[] =>
  (JSON.parse(Buffer.from(bytes).toString()) as [number, string][]).map(([kind, text]) => {
    const known = KINDS[kind];
    if (known === undefined) throw new Error(`There is no kind ${kind} of terms`);
    return [known, text];
  });

/** The bytes of a snapshot; the same for the same agents, however they came to be there. */
export function encodeBase({ asOf, newest, index }: IndexBase): Uint8Array {
  const { ids, terms, postings, rows, columns } = index.parts();
  const agents = ids.length;
  const slots = [...ids.keys()];
  const sections: Readonly<Record<Section, Uint8Array>> = {
    ids: Buffer.from(ids.join('\n')),
    terms: encodeTerms(terms),
    postings: encodePostings(postings, agents),
    rows: rows.bytes,
    rowLengths: encodeNumbers(lengthsOf(rows.starts, rows.bytes.length)),
    revisions: encodeNumbers(Uint32Array.from(slots, (slot) => columns.revision(slot))),
    limits: encodeNumbers(Uint32Array.from(slots, (slot) => columns.limit(slot))),
  };
  const bodies = [
    ...SECTIONS.map((name): Uint8Array => zstdCompressSync(sections[name])),
    ...encodeTexts(agents, (slot) => columns.text(slot)),
  ];
  const lengths = bodies.map(({ length }) => length);
  const header = Buffer.from(JSON.stringify({ asOf, newest, agents, terms: terms.length, lengths } satisfies Header));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(header.length);
  return Buffer.concat([MAGIC, length, header, ...bodies]);
}

function decodeHeader(bytes: Buffer): { header: Header; end: number } {
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) throw new Error('The base is of another format');
  const start = MAGIC.length + 4;
  const end = start + bytes.readUInt32LE(MAGIC.length);
  return { header: JSON.parse(bytes.subarray(start, end).toString()) as Header, end };
}

/**
 * Reads a snapshot: what every answer needs at once, postings and texts when they are asked for.
 *
 * @throws Error when it is none
 */
export function decodeBase(encoded: Uint8Array): IndexBase {
  const bytes = Buffer.from(encoded.buffer, encoded.byteOffset, encoded.byteLength);
  const { header, end } = decodeHeader(bytes);
  const { asOf, newest, agents, terms, lengths } = header;
  const starts = startsOf(Uint32Array.from(lengths));
  const bodies = lengths.map((length, n) =>
    bytes.subarray(end + (starts[n] as number), end + (starts[n] as number) + length),
  );
  const section = (name: Section): Buffer => zstdDecompressSync(bodies[SECTIONS.indexOf(name)] as Buffer);
  const text = section('ids').toString();
  const parts: IndexParts = {
    ids: text === '' ? [] : text.split('\n'),
    terms: decodeTerms(section('terms')),
    postings: decodePostings(section('postings'), terms),
    rows: {
      bytes: section('rows'),
      starts: startsOf(decodeNumbers(section('rowLengths'), agents)).subarray(0, agents),
    },
    columns: new AgentColumns({
      revisions: decodeNumbers(section('revisions'), agents),
      limits: decodeNumbers(section('limits'), agents),
      loads: new Float32Array(agents),
      text: textReader(bodies.slice(SECTIONS.length)),
    }),
  };
  if (parts.ids.length !== agents) throw new Error(`The base does not hold ${agents} agents`);
  return { asOf, newest, index: new CapabilityIndex(parts) };
}
