import { identitiesOf } from './file-identity.ts';
import type { FileAgent, ReadDocument } from './read-document.ts';

/** One file with what was read in it. */
export interface DocumentFile {
  readonly path: string;
  readonly text: string;
  readonly read: ReadDocument;
}

/** What shall become of one file. `same`: its bytes are those of the file at `of`, which stands for both. */
export type PlannedFile = { readonly path: string } & (
  | ReadDocument
  | { readonly verdict: 'same'; readonly of: string }
);

/** Ids that are taken in the registry, with the `filePath` of their agents; `null`: registered by a call, from no file. */
export type Holders = ReadonlyMap<string, string | null>;

type AgentFile = DocumentFile & { readonly read: { readonly verdict: 'agent'; readonly agent: FileAgent } };

const isAgentFile = (file: DocumentFile): file is AgentFile => file.read.verdict === 'agent';

/** The identity that a file was given in an earlier import. */
const earlierIdentity = ({ read: { agent } }: AgentFile, holders: Holders) =>
  identitiesOf(agent).find(({ id }) => holders.get(id) === agent.filePath);

/** Of every group of identical files the one that stands for it: the one that is registered already, else the first. */
function representatives(files: readonly AgentFile[], holders: Holders): Map<string, AgentFile> {
  const byText = new Map<string, AgentFile>();
  for (const file of files) {
    const other = byText.get(file.text);
    if (!other || (!earlierIdentity(other, holders) && earlierIdentity(file, holders))) byText.set(file.text, file);
  }
  return byText;
}

/**
 * Gives every file its identity: first those that have one from an earlier import, then those that can have the id
 * that they ask for, then the others, each in path order.
 */
function assignIdentities(files: readonly AgentFile[], holders: Holders): Map<string, ReadDocument> {
  const assigned = new Map<string, ReadDocument>();
  const taken = new Set(holders.keys());
  const assign = ({ path, read: { agent } }: AgentFile, identity: { id: string; name: string }) => {
    taken.add(identity.id);
    assigned.set(path, { verdict: 'agent', agent: { ...agent, ...identity } });
  };
  for (const file of files) {
    const identity = earlierIdentity(file, holders);
    if (identity) assign(file, identity);
  }
  for (const file of files) {
    const { id, name } = file.read.agent;
    if (!assigned.has(file.path) && !taken.has(id)) assign(file, { id, name });
  }
  for (const file of files.filter(({ path }) => !assigned.has(path))) {
    const identities = identitiesOf(file.read.agent);
    const free = identities.find(({ id }) => !taken.has(id));
    if (free) assign(file, free);
    else
      assigned.set(file.path, {
        verdict: 'invalid',
        reason: `other files hold all of its ids: ${identities.map(({ id }) => id).join(', ')}`,
      });
  }
  return assigned;
}

/**
 * Decides what becomes of each file of an import, in path order: byte-identical copies are one agent, and another
 * file of the same name gets an identity of its own (see {@link identitiesOf}). Pure.
 *
 * An origin keeps the identity that it was once given: with `holders` the plan is the same whatever else was imported
 * in between, or is imported together with it this time.
 */
export function planImport(files: readonly DocumentFile[], holders: Holders = new Map()): PlannedFile[] {
  const ordered = files.toSorted((a, b) => (a.path < b.path ? -1 : Number(a.path > b.path)));
  const agents = ordered.filter(isAgentFile);
  const standing = representatives(agents, holders);
  const assigned = assignIdentities(
    agents.filter((file) => standing.get(file.text) === file),
    holders,
  );
  return ordered.map((file): PlannedFile => {
    const { path, text, read } = file;
    const of = isAgentFile(file) ? standing.get(text)?.path : undefined;
    if (of !== undefined && of !== path) return { path, verdict: 'same', of };
    return { path, ...(assigned.get(path) ?? read) };
  });
}
