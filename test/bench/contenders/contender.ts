import type { AgentDigest } from '../../../lambdas/agents/digest-schema.ts';
import type { Questions } from '../questions.ts';

/** What a contender can be asked, by operation. What it cannot is left out. */
export type Asks = { readonly [O in keyof Questions]?: (question: Questions[O]) => unknown };

/** Somebody who keeps agents and answers questions about them. */
export interface Contender {
  /** Answers as the naive index gives them: ids ascending (but see {@link checks}), counts, ids by rank. Promises where answers come from afar. */
  readonly asks: Asks;
  /** What is asked in the place of {@link asks} to see whether it is right, where the answer says too little or has no order. */
  readonly checks?: Asks;
  /** Whether {@link asks} gives promises. @default false */
  readonly isAsync?: boolean;
  /** Changes something that no answer shows: whoever remembers answers of a state has to find them anew. */
  readonly disturb?: () => void;
  readonly close?: () => Promise<void>;
}

/** Takes in all agents. `undefined`: it is not there. */
export type Build = (agents: Iterable<AgentDigest>) => Contender | undefined | Promise<Contender | undefined>;
