import fc from 'fast-check';
import type { AgentDigest } from '../../../../lambdas/agents/digest-schema.ts';
import { HEALTHS, STATES, STATUSES } from '../../../../lambdas/agents/status.ts';
import { AgentDirectory } from '../../../../lambdas/capability/agent-directory.ts';
import type { ListedAgent } from '../../../../lambdas/capability/search/listed-agent.ts';
import { searchAgents } from '../../../../lambdas/capability/search/search-agents.ts';
import { parseSearch } from '../../../../lambdas/capability/search/search-question.ts';
import type { FoundAgent, SearchRequest, SearchResult } from '../../../../lambdas/capability/search/search-schema.ts';
import { aDigest } from '../../../support/agents.ts';

const words = (...of: string[]) => fc.uniqueArray(fc.constantFrom(...of), { maxLength: 3 });

const people = fc.record(
  {
    id: fc.integer({ min: 0, max: 99 }).map((n) => `agent-${n}`),
    description: fc.constantFrom('plans days', 'books flights and days'),
    type: fc.constantFrom('core', 'utility'),
    priority: fc.constantFrom(1, 5, 6, 10),
    health: fc.constantFrom(...HEALTHS),
    operatorMode: fc.constantFrom('enabled' as const, 'maintenance' as const, 'disabled' as const),
    capabilities: words('a', 'b', 'c'),
    domains: words('a', 'b'),
    actions: words('a', 'c'),
    tools: words('Bash', 'git-push', 'git-pull', '*'),
  },
  { requiredKeys: ['id', 'type', 'priority', 'health', 'operatorMode', 'capabilities', 'domains', 'actions'] },
);

/** Some agents, each with how busy it is. */
export const crowds = fc.uniqueArray(
  fc.record({ digest: people.map((person) => aDigest(person as AgentDigest)), load: fc.constantFrom(0, 0.25, 0.5) }),
  { selector: ({ digest }) => digest.id, maxLength: 25 },
);
export type Crowd = readonly { readonly digest: AgentDigest; readonly load: number }[];

/** What a search may ask for, besides a text and an order. */
export const bodies: fc.Arbitrary<SearchRequest> = fc
  .record(
    {
      capabilities: words('a', 'b', 'nobody'),
      domains: words('a', 'b'),
      actions: words('c'),
      tools: words('Bash', 'git-*', '*'),
      mode: fc.constantFrom('all' as const, 'any' as const),
      type: fc.constantFrom('core', 'utility'),
      minPriority: fc.integer({ min: 1, max: 10 }),
      status: fc.constantFrom(...STATUSES, ...STATES),
      healthyOnly: fc.boolean(),
    },
    { requiredKeys: [] },
  )
  // A search must ask for something: here often for what everybody has.
  .map((body) => ({ minPriority: 1, ...body }));

export function directoryOf(crowd: Crowd): AgentDirectory {
  const directory = new AgentDirectory();
  for (const { digest, load } of crowd) {
    directory.put(digest);
    directory.index.setLoad(digest.id, load);
  }
  return directory;
}

const listsTool = ({ tools = [] }: ListedAgent, asked: string) =>
  tools.some((tool) =>
    asked !== '*' && asked.endsWith('*')
      ? tool === '*' || tool.startsWith(asked.slice(0, -1))
      : [asked, '*'].includes(tool),
  );

/** Whether an agent is what a search asks for: said once more, and as plainly as can be. */
export function isMeant(agent: ListedAgent, body: SearchRequest): boolean {
  const answers = [
    ...(body.capabilities ?? []).map((capability) => agent.capabilities.includes(capability)),
    ...(body.domains ?? []).map((domain) => agent.domains.includes(domain)),
    ...(body.actions ?? []).map((action) => agent.actions.includes(action)),
    ...(body.tools ?? []).map((tool) => listsTool(agent, tool)),
  ];
  if (answers.length > 0 && !(body.mode === 'any' ? answers.some(Boolean) : answers.every(Boolean))) return false;
  if (body.type !== undefined && agent.type !== body.type) return false;
  if (body.status !== undefined && agent.status !== body.status && agent.state !== body.status) return false;
  return agent.priority >= (body.minPriority ?? 1) && (!body.healthyOnly || agent.health === 'healthy');
}

/** What a directory answers to the body of a search. */
export async function search(directory: AgentDirectory, body: unknown): Promise<SearchResult> {
  const question = parseSearch(body);
  if (question.q !== undefined) await directory.text.load();
  return searchAgents(directory, question);
}

/** More than any crowd fills. */
const MOST_PAGES = 30;

/** All pages of a search, from the first to the last. */
export async function pagesOf(directory: AgentDirectory, body: SearchRequest): Promise<SearchResult[]> {
  const pages = [await search(directory, body)];
  for (let cursor = pages[0]?.nextCursor; cursor !== undefined; cursor = pages.at(-1)?.nextCursor) {
    if (pages.length > MOST_PAGES) throw new Error('The walk has no end');
    pages.push(await search(directory, { ...body, cursor }));
  }
  return pages;
}

/** Everybody whom a search finds, in the order of its pages. */
export const walked = async (directory: AgentDirectory, body: SearchRequest): Promise<FoundAgent[]> =>
  (await pagesOf(directory, body)).flatMap(({ agents }) => agents);

/** Bytes that Lambda answers with at most. */
export const LARGEST_ANSWER = 6 * 1024 * 1024;

/** Bytes that an answer takes as a function sends it: its JSON is a text within more JSON. */
export const sentBytes = (answer: object): number => Buffer.byteLength(JSON.stringify(JSON.stringify(answer)));

export const idsOf = (agents: readonly { readonly id: string }[]): string[] => agents.map(({ id }) => id);
