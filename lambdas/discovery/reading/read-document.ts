import type { Json } from '../../agents/merge.ts';
import type { ServiceDocument } from '../../services/service-document.ts';
import type { FieldError, ValidationError } from '../../shared/errors.ts';

/** An agent as a file describes it: a body of `POST /registry/agents`, in the names of CONTRACT.md. */
export type FileAgent = Json & {
  readonly id: string;
  readonly name: string;
  /** Where it was read from: its origin. */
  readonly filePath: string;
};

/** Something that was mended or left out. `line` counts from 1, in the file. Never holds a value of the file. */
export interface Flaw {
  readonly reason: string;
  readonly line?: number;
}

/** A file that describes an agent. What it describes always passes `validateAgentDocument` and `digestOf`. */
export interface AgentRead {
  readonly verdict: 'agent';
  readonly agent: FileAgent;
  /** Who chose the id: the file by writing one, or we by its name. Only the latter may become another one. */
  readonly idFrom: 'file' | 'name';
  /** What had to be mended to read it, of a file that is not as it should be. */
  readonly degraded?: Flaw;
}

/** A file that describes something that agents depend on. */
export interface ServiceRead {
  readonly verdict: 'service';
  readonly service: ServiceDocument;
}

/** What became of one file. */
export type ReadDocument =
  | AgentRead
  | ServiceRead
  /** Neither agent nor service, and not meant to be one. */
  | { readonly verdict: 'skipped'; readonly reason: string }
  /** Meant to be one, but broken. `line` counts from 1; `errors` names the fields, where it could be read at all. */
  | {
      readonly verdict: 'invalid';
      readonly reason: string;
      readonly line?: number;
      readonly errors?: readonly FieldError[];
    };

export const skipped = (reason: string): ReadDocument => ({ verdict: 'skipped', reason });

export const invalid = (reason: string, line?: number): ReadDocument => ({
  verdict: 'invalid',
  reason,
  ...(line !== undefined && { line }),
});

/**
 * What breaks rules, at the line of the first field that does.
 *
 * @param lineOf the line of a field, by its dotted path
 */
export const breaking = (
  { message, errors }: ValidationError,
  lineOf: (field: string) => number | undefined,
): ReadDocument => ({ ...invalid(message, lineOf(errors[0]?.field ?? '')), errors }) as ReadDocument;

/** Flaws that are named; a file of a thousand oddities is told by its first ones. */
const MAX_NAMED = 5;

/** Several flaws as one: all reasons, and the first line that is known. */
export function oneFlaw(flaws: readonly Flaw[]): Flaw {
  const reasons = [...new Set(flaws.map(({ reason }) => reason))];
  const more = reasons.length > MAX_NAMED ? [`and ${reasons.length - MAX_NAMED} more`] : [];
  const line = flaws.find((flaw) => flaw.line !== undefined)?.line;
  return { reason: [...reasons.slice(0, MAX_NAMED), ...more].join('; '), ...(line !== undefined && { line }) };
}
