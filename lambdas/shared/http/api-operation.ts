import { ProblemDocument } from './problem-schema.ts';

/** What a status means, and the body that goes with it. */
export interface OperationResponse {
  readonly description: string;
  /** A JSON Schema; its title is the name under which the document lists it. @default - an answer without a body */
  readonly schema?: object;
  /** Header objects of OpenAPI, by name. */
  readonly headers?: Readonly<Record<string, object>>;
}

/** What is said of one route in the API's document; each room says it of its own. */
export interface Operation {
  readonly summary: string;
  /** Parameter objects of OpenAPI. */
  readonly parameters?: readonly object[];
  readonly body?: {
    readonly schema: object;
    /** @default - application/json */
    readonly types?: readonly string[];
    /** Whether it may be left out. */
    readonly optional?: boolean;
  };
  readonly responses: Readonly<Record<number, OperationResponse>>;
}

export const inQuery = (name: string, schema: object, description: string): object => ({
  name,
  in: 'query',
  schema,
  description,
});

export const inHeader = (name: string, description: string, pattern?: string): object => ({
  name,
  in: 'header',
  schema: { type: 'string', ...(pattern && { pattern }) },
  description,
});

export const inPath = (name: string, schema: object): object => ({ name, in: 'path', required: true, schema });

/** A parameter or a part of one that is some text. */
export const TEXT = { type: 'string', minLength: 1 } as const;

export const IF_NONE_MATCH = inHeader('If-None-Match', 'An ETag that the caller has: 304 when it still holds.');

/** A response header: its type and what it tells. */
export const headerOf = (description: string, type = 'string'): object => ({ description, schema: { type } });

/** An answer that is a problem document. */
export const problem = (description: string): OperationResponse => ({ description, schema: ProblemDocument });

/** The answers of a read that takes `If-None-Match`. */
export const found = (
  schema: object,
  description: string,
  headers?: OperationResponse['headers'],
): Operation['responses'] => ({
  200: { description, schema, ...(headers && { headers }) },
  304: { description: 'Unchanged' },
});

export const INVALID = { 400: problem('Not valid; `errors` names each field and rule') } as const;
export const TOO_LARGE = { 413: problem('Over 256 KB') } as const;
