import { create, insertMultiple, type Results, search } from '@orama/orama';
import type { Build } from './contender.ts';

const SCHEMA = { id: 'string', capabilities: 'enum[]', tools: 'enum[]', priority: 'number' } as const;

/** Filters without words. */
export const orama: Build = async (agents) => {
  const database = create({ schema: SCHEMA });
  const documents = Array.from(agents, ({ id, capabilities, tools, priority }) => ({
    id,
    capabilities,
    tools,
    priority,
  }));
  const size = documents.length;
  await insertMultiple(database, documents, 5_000);
  const find = async (where: object, limit = size): Promise<Results<{ id: string }>> =>
    search(database, { term: '', where, limit });
  const ids = async (where: object) => (await find(where)).hits.map(({ id }) => id).sort();
  const all = (capabilities: readonly string[]) => ({ capabilities: { containsAll: capabilities } });
  return {
    isAsync: true,
    asks: {
      'and2-ids': (capabilities) => ids(all(capabilities)),
      'and3-ids': (capabilities) => ids(all(capabilities)),
      'or3-ids': (capabilities) => ids({ capabilities: { containsAny: capabilities } }),
      'and-count': async ({ capabilities }) => (await find(all(capabilities), 1)).count,
      'one-capability': (capability) => ids(all([capability])),
      'tools-priority-vs-sqlite': async ({ tool, priority }) =>
        (await find({ tools: { containsAll: [tool] }, priority: { gte: priority } }, 1)).count,
    },
  };
};
