/** Prints the time of a search by words, by contender, in microseconds. Arguments: the size and milliseconds for each. */
import { create, insertMultiple, search } from '@orama/orama';
import MiniSearch from 'minisearch';
import { Bench } from 'tinybench';
import type { AgentDigest } from '../../../lambdas/agents/digest-schema.ts';
import { CapabilityIndex } from '../../../lambdas/capability/index/capability-index.ts';
import { TextSearch } from '../../../lambdas/capability/search/text-search.ts';
import { agents, drawCapabilities, questionsRandom } from '../data.ts';
import { median } from '../row.ts';

type Search = (words: string) => unknown;

const described = (digest: AgentDigest): AgentDigest => ({
  ...digest,
  description: `Takes care of ${digest.capabilities.join(', ').replaceAll('-', ' ')} for ${digest.domains.join(' and ')}.`,
});

async function ours(digests: readonly AgentDigest[]): Promise<Search> {
  const index = new CapabilityIndex();
  for (const digest of digests) index.set(digest);
  // Its clock stands still: this is no request, which could go on with the next one.
  const text = new TextSearch(index, { now: () => 0 });
  await text.load();
  return (words) => text.find(words);
}

function minisearch(digests: readonly AgentDigest[]): Search {
  const index = new MiniSearch<AgentDigest>({ fields: ['name', 'description'] });
  index.addAll(digests);
  return (words) => index.search(words, { combineWith: 'AND' });
}

async function orama(digests: readonly AgentDigest[]): Promise<Search> {
  const database = create({ schema: { id: 'string', name: 'string', description: 'string' } as const });
  const documents = digests.map(({ id, name, description = '' }) => ({ id, name, description }));
  await insertMultiple(database, documents, 5_000);
  return (words) => search(database, { term: words, properties: ['name', 'description'], threshold: 0, limit: 50 });
}

const [size, time] = process.argv.slice(2).map(Number);
const digests = Array.from(agents(size ?? 0), described);
const asked = drawCapabilities(questionsRandom('text-search'), 20, 1).map(([term = '']) => term.replaceAll('-', ' '));
const searches = {
  ours: await ours(digests),
  minisearch: minisearch(digests),
  orama: await orama(digests),
};
const times: Record<string, number[]> = { ours: [], minisearch: [], orama: [] };
for (let run = 0; run < 3; run += 1) {
  const bench = new Bench({ time: time ?? 0, iterations: 1, warmupIterations: 1, warmupTime: 0, throws: true });
  for (const [name, find] of Object.entries(searches)) {
    bench.add(name, async () => {
      for (const words of asked) await find(words);
    });
  }
  for (const { name, result } of await bench.run()) {
    if (result.state === 'completed') times[name]?.push((result.latency.mean * 1_000) / asked.length);
  }
}
console.log(JSON.stringify(Object.fromEntries(Object.entries(times).map(([name, all]) => [name, median(all)]))));
