import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { AgentColumns } from '../index/agent-columns.ts';
import { CapabilityIndex } from '../index/capability-index.ts';
import type { IndexParts } from '../index/index-core.ts';
import { decodeNumbers, decodeTexts, type EncodedTexts, encodeNumbers, encodeTexts } from './column-codec.ts';
import { decodePostings, encodePostings } from './posting-codec.ts';
import { encodeBlocks, textReader } from './text-blocks.ts';

/** First bytes of every snapshot: a name and the number of the format. Format 1 was plain JSON. */
const MAGIC = Buffer.from('ARIX\u0002');

/** Parts of a snapshot that every answer needs, compressed as one, in this order; blocks of texts follow. */
const SECTIONS = [
  'revisions',
  'limits',
  'rowStarts',
  'rows',
  'postingSizes',
  'postingForms',
  'postings',
  'termKinds',
  'termEnds',
  'terms',
  'idEnds',
  'ids',
] as const;
type Section = (typeof SECTIONS)[number];

/** What stands in front: JSON, so that a person can look at it. */
interface Header {
  readonly asOf: number;
  readonly newest: number;
  readonly agents: number;
  readonly termEncoding: EncodedTexts['encoding'];
  /** Bytes of each section. */
  readonly sections: readonly number[];
  /** Bytes of all sections, compressed, and then of each block of texts. */
  readonly bodies: readonly number[];
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

/** Some bytes, cut into parts of these lengths. */
function cut(bytes: Buffer, lengths: readonly number[]): Buffer[] {
  let end = 0;
  const parts = lengths.map((length) => {
    end += length;
    return bytes.subarray(end - length, end);
  });
  if (end !== bytes.length) throw new Error('The base is not as long as it says');
  return parts;
}

/** The bytes of a snapshot; the same for the same agents, however they came to be there. */
export function encodeBase({ asOf, newest, index }: IndexBase): Uint8Array {
  const { ids, terms, postings, rows, columns } = index.parts();
  const agents = ids.length;
  const all = ids.all();
  const slots = [...all.keys()];
  const encoded = encodePostings(postings, agents);
  const encodedTerms = encodeTexts(terms.texts.all());
  const encodedIds = encodeTexts(all);
  const sections: Readonly<Record<Section, Uint8Array>> = {
    revisions: encodeNumbers(Uint32Array.from(slots, (slot) => columns.revision(slot))),
    limits: encodeNumbers(Uint32Array.from(slots, (slot) => columns.limit(slot))),
    rowStarts: encodeNumbers(rows.starts),
    rows: rows.bytes,
    postingSizes: encodeNumbers(encoded.sizes),
    postingForms: encodeNumbers(encoded.forms),
    postings: encoded.bodies,
    termKinds: terms.kinds,
    termEnds: encodedTerms.ends,
    terms: encodedTerms.texts,
    idEnds: encodedIds.ends,
    ids: encodedIds.texts,
  };
  const parts = SECTIONS.map((name) => sections[name]);
  const bodies = [zstdCompressSync(Buffer.concat(parts)), ...encodeBlocks(agents, (slot) => columns.text(slot))];
  const header: Header = {
    asOf,
    newest,
    agents,
    termEncoding: encodedTerms.encoding,
    sections: parts.map(({ length }) => length),
    bodies: bodies.map(({ length }) => length),
  };
  const head = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(head.length);
  return Buffer.concat([MAGIC, length, head, ...bodies]);
}

function decodeHeader(bytes: Buffer): { header: Header; end: number } {
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) throw new Error('The base is of another format');
  const start = MAGIC.length + 4;
  const end = start + bytes.readUInt32LE(MAGIC.length);
  return { header: JSON.parse(bytes.subarray(start, end).toString()) as Header, end };
}

/** The sections by their names. Told how much comes out, zstd writes it at once, not in chunks of 16 KB. */
function decodeSections(body: Uint8Array, lengths: readonly number[]): Record<Section, Buffer> {
  const chunkSize = Math.max(
    64,
    lengths.reduce((sum, length) => sum + length, 0),
  );
  const parts = cut(zstdDecompressSync(body, { chunkSize }), lengths);
  return Object.fromEntries(SECTIONS.map((name, n) => [name, parts[n]])) as Record<Section, Buffer>;
}

/** Columns of agents, and of terms, must be as long as each other: else each would hold what is another's. */
function checkCounts(sections: Readonly<Record<Section, Buffer>>, agents: number): void {
  const perAgent = [sections.revisions, sections.limits, sections.rowStarts, sections.idEnds];
  if (perAgent.some(({ length }) => length !== agents * 4)) throw new Error(`The base does not hold ${agents} agents`);
  const terms = sections.termKinds.length;
  const perTerm = [sections.postingSizes, sections.postingForms, sections.termEnds];
  if (perTerm.some(({ length }) => length !== terms * 4)) throw new Error(`The base does not hold ${terms} terms`);
}

/**
 * Reads a snapshot: what every answer needs at once, postings and texts when they are asked for.
 *
 * @throws Error when it is none
 */
export function decodeBase(encoded: Uint8Array): IndexBase {
  const bytes = Buffer.from(encoded.buffer, encoded.byteOffset, encoded.byteLength);
  const { header, end } = decodeHeader(bytes);
  const { asOf, newest, agents, termEncoding } = header;
  const [body = bytes, ...texts] = cut(bytes.subarray(end), header.bodies);
  const sections = decodeSections(body, header.sections);
  checkCounts(sections, agents);
  const parts: IndexParts = {
    ids: decodeTexts({ encoding: 'utf8', ends: sections.idEnds, texts: sections.ids }),
    terms: {
      kinds: sections.termKinds,
      texts: decodeTexts({ encoding: termEncoding, ends: sections.termEnds, texts: sections.terms }),
    },
    postings: decodePostings({
      sizes: decodeNumbers(sections.postingSizes),
      forms: decodeNumbers(sections.postingForms),
      bodies: sections.postings,
    }),
    rows: { bytes: sections.rows, starts: decodeNumbers(sections.rowStarts) },
    columns: new AgentColumns({
      revisions: decodeNumbers(sections.revisions),
      limits: decodeNumbers(sections.limits),
      loads: new Float32Array(agents),
      text: textReader(texts),
    }),
  };
  return { asOf, newest, index: new CapabilityIndex(parts) };
}
