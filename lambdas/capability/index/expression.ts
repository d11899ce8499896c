/** What agents are found by. All are terms alike: a mask of the healthy ones is a posting as any other. */
export const KINDS = [
  'capability',
  'domain',
  'action',
  'tool',
  'type',
  /** `1` to `10`. */
  'priority',
  'health',
  'operatorMode',
  /** `yes` where no tools are listed: such an agent has all of its surroundings. */
  'inheritsTools',
] as const;
export type Kind = (typeof KINDS)[number];

/** A question to the index: which agents? */
export type Expression =
  /** Those that have this term. */
  | { readonly term: readonly [kind: Kind, text: string] }
  /** Those that all of these find; of none: everybody. */
  | { readonly all: readonly Expression[] }
  /** Those that at least one of these finds; of none: nobody. */
  | { readonly any: readonly Expression[] }
  /** Those with these ids, as another index found them. */
  | { readonly agents: readonly string[] };

/** An expression for each of some texts of a kind. */
export const termsOf = (kind: Kind, texts: readonly string[] = []): Expression[] =>
  texts.map((text) => ({ term: [kind, text] }));
