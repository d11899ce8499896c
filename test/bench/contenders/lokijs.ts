import Loki from 'lokijs';
import type { AgentDigest } from '../../../lambdas/agents/digest-schema.ts';
import type { Build } from './contender.ts';

export const lokijs: Build = (agents) => {
  const collection = new Loki('agents').addCollection<AgentDigest>('agents', { indices: ['priority'] });
  for (const digest of agents) collection.insert({ ...digest });
  const ids = (query: LokiQuery<AgentDigest & LokiObj>) =>
    collection
      .find(query)
      .map(({ id }) => id)
      .sort();
  const all = (capabilities: readonly string[]) => ({ capabilities: { $contains: capabilities } });
  const fromPriority = (priority: number, tool: string) => ({
    $and: [{ priority: { $gte: priority } }, { tools: { $contains: tool } }],
  });
  return {
    asks: {
      'and2-ids': (capabilities) => ids(all(capabilities)),
      'and3-ids': (capabilities) => ids(all(capabilities)),
      'or3-ids': (capabilities) => ids({ capabilities: { $containsAny: capabilities } }),
      'and-count': ({ capabilities }) => collection.find(all(capabilities)).length,
      'one-capability': (capability) => ids(all([capability])),
      'tools-priority-vs-sqlite': ({ tool, priority }) => collection.find(fromPriority(priority, tool)).length,
      'tools-priority-page': ({ tool, priority }) => ids(fromPriority(priority, tool)).slice(0, 50),
    },
  };
};
