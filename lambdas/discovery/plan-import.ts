import { identitiesOf } from './file-identity.ts';
import type { AgentRead, FileAgent, ReadDocument } from './reading/read-document.ts';

/** One file with what was read in it. */
export interface DocumentFile {
  /** What the user calls it; unlike its agent's `filePath` it may be another one next time. */
  readonly path: string;
  /** Its content: files of the same content are copies. */
  readonly text: string;
  readonly read: ReadDocument;
}

/** What shall become of one file. */
export type Plan =
  | ReadDocument
  /** It is a copy: of another file of the import, by that one's path, or of an agent, by its `filePath` or else its id. */
  | { readonly verdict: 'same'; readonly of: string }
  /** It describes an agent, but none of its ids can be had. */
  | { readonly verdict: 'failed'; readonly id: string; readonly reason: string };

export type PlannedFile = { readonly path: string } & Plan;

/** An agent of the registry that has an id which a file may take. */
export interface Holder {
  /** `null`: registered by a call, from no file. */
  readonly filePath: string | null;
  /** Whether it is what this agent of a file would become, but for where it came from. */
  isLike(agent: FileAgent): boolean;
}

/** Ids that are taken in the registry. */
export type Holders = ReadonlyMap<string, Holder>;

type AgentFile = DocumentFile & { readonly read: AgentRead };

const isAgentFile = (file: DocumentFile): file is AgentFile => file.read.verdict === 'agent';

/** The identity that a file was given in an earlier import. */
const earlierIdentity = ({ read }: AgentFile, holders: Holders) =>
  identitiesOf(read).find(({ id }) => holders.get(id)?.filePath === read.agent.filePath);

/** Of every group of identical files the one that stands for it: the one that is registered already, else the first. */
function representatives(files: readonly AgentFile[], holders: Holders): Map<string, AgentFile> {
  const byText = new Map<string, AgentFile>();
  for (const file of files) {
    const other = byText.get(file.text);
    if (!other || (!earlierIdentity(other, holders) && earlierIdentity(file, holders))) byText.set(file.text, file);
  }
  return byText;
}

/** Plans files one by one; who comes first has the first choice of ids. */
class Planner {
  readonly plans = new Map<string, Plan>();
  readonly #holders: Holders;
  /** Where the agent of each id comes from. */
  readonly #takers: Map<string, string | null>;
  /** Ids whose agents will say what a file of this import says. */
  readonly #kept = new Set<string>();

  constructor(holders: Holders) {
    this.#holders = holders;
    this.#takers = new Map([...holders].map(([id, { filePath }]) => [id, filePath]));
  }

  #give({ path, read }: AgentFile, identity: { readonly id: string; readonly name: string }): void {
    this.#takers.set(identity.id, read.agent.filePath);
    this.#kept.add(identity.id);
    this.plans.set(path, { ...read, agent: { ...read.agent, ...identity } });
  }

  keepEarlier(file: AgentFile): void {
    const identity = earlierIdentity(file, this.#holders);
    if (identity) this.#give(file, identity);
  }

  /** An agent that another file of this import is about to change is nobody's original. */
  recogniseCopy({ path, read }: AgentFile): void {
    const original = identitiesOf(read).find(
      (identity) =>
        !this.#kept.has(identity.id) && this.#holders.get(identity.id)?.isLike({ ...read.agent, ...identity }),
    );
    if (original) this.plans.set(path, { verdict: 'same', of: this.#takers.get(original.id) ?? original.id });
  }

  /** The first of so many of its ids that is free. */
  take(file: AgentFile, choices?: number): void {
    const free = identitiesOf(file.read)
      .slice(0, choices)
      .find(({ id }) => !this.#takers.has(id));
    if (free) this.#give(file, free);
  }

  fail({ path, read }: AgentFile): void {
    const { id } = read.agent;
    const taker = this.#takers.get(id);
    const whose = taker ? `the agent of ${taker}` : 'an agent that was registered by a call, from no file';
    const others = read.idFrom === 'name' ? ', and those made from its path are taken as well' : '';
    this.plans.set(path, { verdict: 'failed', id, reason: `its id ${id} belongs to ${whose}${others}` });
  }
}

/**
 * Who chooses before whom: files that have an identity from an earlier import, copies of agents, files that write their
 * id themselves, those that can have the id of their name, then the others.
 */
function planAgents(files: readonly AgentFile[], holders: Holders): ReadonlyMap<string, Plan> {
  const planner = new Planner(holders);
  const steps: readonly ((file: AgentFile) => void)[] = [
    (file) => planner.keepEarlier(file),
    (file) => planner.recogniseCopy(file),
    (file) => file.read.idFrom === 'file' && planner.take(file),
    (file) => planner.take(file, 1),
    (file) => planner.take(file),
    (file) => planner.fail(file),
  ];
  for (const step of steps) {
    for (const file of files.filter(({ path }) => !planner.plans.has(path))) step(file);
  }
  return planner.plans;
}

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

/**
 * Decides what becomes of each file of an import, in path order: byte-identical copies are one agent, and another
 * file of the same name gets an identity of its own (see {@link identitiesOf}). Pure.
 *
 * An origin keeps the identity that it was once given: with `holders` the plan is the same whatever else was imported
 * in between, or is imported together with it this time. The registry keeps no bytes, so a file that comes later is a
 * copy if it says of its agent what the registry has of it.
 */
export function planImport(files: readonly DocumentFile[], holders: Holders = new Map()): PlannedFile[] {
  const ordered = files.toSorted((a, b) => compare(a.path, b.path));
  // However the user calls the files, the same one of them is first.
  const agents = ordered.filter(isAgentFile).sort((a, b) => compare(a.read.agent.filePath, b.read.agent.filePath));
  const standing = representatives(agents, holders);
  const plans = planAgents(
    agents.filter((file) => standing.get(file.text) === file),
    holders,
  );
  return ordered.map((file): PlannedFile => {
    const { path, text, read } = file;
    const of = isAgentFile(file) ? standing.get(text)?.path : undefined;
    if (of !== undefined && of !== path) return { path, verdict: 'same', of };
    return { path, ...(plans.get(path) ?? read) };
  });
}
