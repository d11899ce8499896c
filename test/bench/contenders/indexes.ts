import type { AgentDigest } from '../../../lambdas/agents/digest-schema.ts';
import { CapabilityIndex } from '../../../lambdas/capability/index/capability-index.ts';
import { type Expression, termsOf } from '../../../lambdas/capability/index/expression.ts';
import { NaiveIndex } from '../../support/naive-index.ts';
import type { Build } from './contender.ts';

type Index = CapabilityIndex | NaiveIndex;

const healthyWith = (capability: string): Expression => ({
  all: [{ term: ['capability', capability] }, { term: ['health', 'healthy'] }],
});

/** How many can do something, and whether this one can. */
const whoCan = (index: Index, capability: string, id: string): readonly [all: number, one: number] => {
  const term: Expression = { term: ['capability', capability] };
  return [index.count(term), index.count({ all: [term, { agents: [id] }] })];
};

/** The same calls for both indexes. */
const contender =
  (create: () => Index): Build =>
  (agents) => {
    const index = create();
    let last: AgentDigest | undefined;
    for (const digest of agents) {
      index.set(digest);
      last = digest;
    }
    // Ours puts in order at the first question what came in none: that is a part of building.
    index.count({ all: [] });
    return {
      asks: {
        'and2-ids': (capabilities) => index.findByCapabilities(capabilities),
        'and3-ids': (capabilities) => index.findByCapabilities(capabilities),
        'or3-ids': (capabilities) => index.search({ capabilities, mode: 'any' }),
        'and-count': ({ expression }) => index.count(expression),
        'top20-healthy': ({ digest, load, capability }) => {
          index.set(digest);
          index.setLoad(digest.id, load);
          return index.top(healthyWith(capability), { order: 'priority', limit: 20 });
        },
        'one-capability': (capability) => index.findByCapability(capability),
        'change-capabilities': (digest) => index.set(digest),
        'change-then-count': (digest) => {
          index.set(digest);
          return index.count({ all: termsOf('capability', digest.capabilities.slice(-2)) });
        },
        'add-and-remove': ({ digest, remove }) => (remove ? index.delete(digest.id) : index.set(digest)),
        'tools-priority-vs-sqlite': ({ expression }) => index.count(expression),
        'tools-priority-page': ({ expression }) => index.page(expression, { limit: 50 }).ids,
      },
      checks: {
        'change-capabilities': (digest) => {
          const before = index.getCapabilities(digest.id);
          index.set(digest);
          return [...before, ...digest.capabilities].map((capability) => whoCan(index, capability, digest.id));
        },
        'add-and-remove': ({ digest, remove }) => {
          if (remove) index.delete(digest.id);
          else index.set(digest);
          return digest.capabilities.map((capability) => whoCan(index, capability, digest.id));
        },
      },
      disturb: () => {
        if (last === undefined) return;
        last = { ...last, revision: last.revision + 1 };
        index.set(last);
      },
    };
  };

export const ours = contender(() => new CapabilityIndex());
export const naive = contender(() => new NaiveIndex());
