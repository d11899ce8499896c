import type { IndexBase } from '../../lambdas/capability/base/base-codec.ts';
import { CapabilityIndex } from '../../lambdas/capability/index/capability-index.ts';
import { aDigest, START } from './agents.ts';

/** A base of agents with these ids, that nothing else is said of. */
export function aBase(ids: readonly string[], parts: Partial<IndexBase> = {}): IndexBase {
  const index = new CapabilityIndex();
  for (const id of ids) index.set(aDigest({ id }));
  return { asOf: START, newest: START, index, ...parts };
}

/** The ids of all agents in a base. */
export const agentsOf = (base: IndexBase | undefined): readonly string[] | undefined => base?.index.ids({ all: [] });
