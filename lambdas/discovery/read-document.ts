import type { Json } from '../agents/merge.ts';
import { toContractNames } from '../agents/spec-names.ts';
import { ValidationError } from '../shared/errors.ts';
import { assertStrictJson } from '../shared/strict-json.ts';
import { slugOf } from './slug.ts';

/** An agent as a file describes it: a body of `POST /registry/agents`, in the names of CONTRACT.md. */
export type FileAgent = Json & {
  readonly id: string;
  readonly name: string;
  /** Where it was read from: its origin. */
  readonly filePath: string;
};

/** A file that describes an agent. */
export interface AgentRead {
  readonly verdict: 'agent';
  readonly agent: FileAgent;
  /** Who chose the id: the file by writing one, or we by its name. Only the latter may become another one. */
  readonly idFrom: 'file' | 'name';
}

/** What became of one file. */
export type ReadDocument =
  | AgentRead
  /** No agent, and not meant to be one. */
  | { readonly verdict: 'skipped'; readonly reason: string }
  /** Meant to be an agent, but broken. `line` counts from 1. */
  | { readonly verdict: 'invalid'; readonly reason: string; readonly line?: number };

export const skipped = (reason: string): ReadDocument => ({ verdict: 'skipped', reason });

export const invalid = (reason: string, line?: number): ReadDocument => ({
  verdict: 'invalid',
  reason,
  ...(line !== undefined && { line }),
});

/** A key without a value says nothing, and would delete where the document is sent as a merge patch. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value;
  if (typeof value !== 'object' || value === null) return value;
  const said = Object.entries(value).filter(([, child]) => child !== null && child !== undefined);
  return Object.fromEntries(said.map(([key, child]) => [key, withoutNulls(child)]));
}

/**
 * The last step of every kind of file: what no document may hold is refused, both specifications' names become the
 * contract's, empty keys go, and the agent gets its origin and, unless it has one, the id that its name gives.
 */
export function asAgent(origin: string, document: Json): ReadDocument {
  let agent: Json;
  try {
    assertStrictJson(document);
    agent = withoutNulls(toContractNames(document)) as Json;
  } catch (error) {
    if (error instanceof ValidationError) return invalid(error.message);
    throw error;
  }
  const { id, name } = agent;
  if (typeof name !== 'string' || name.trim() === '') return invalid('its name is not a text');
  if (id !== undefined && typeof id !== 'string') return invalid('its id is not a text');
  return {
    verdict: 'agent',
    agent: { ...agent, id: id ?? slugOf(name), name: name.trim(), filePath: origin },
    idFrom: id === undefined ? 'name' : 'file',
  };
}
