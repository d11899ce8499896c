import { getLayers } from '../../lambdas/agents/agent-layers.ts';
import { isLiving } from '../../lambdas/agents/agent-record.ts';
import { getAgent } from '../../lambdas/agents/get-agent.ts';
import { NotFoundError } from '../../lambdas/shared/errors.ts';
import type { TestContext } from './agents.ts';

/** What an API answers. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

async function list({ store }: TestContext, query: URLSearchParams, pageSize: number): Promise<unknown> {
  const agents: { id: string; name: string; revision: number }[] = [];
  for (const { id } of store.snapshot().heads) {
    const record = await store.load(id);
    if (isLiving(record)) agents.push({ id, name: record.head.name, revision: record.head.revision });
  }
  const after = query.get('cursor') ?? '';
  const left = agents.filter(({ id }) => id > after).sort((a, b) => (a.id < b.id ? -1 : 1));
  const page = left.slice(0, Math.min(pageSize, Number(query.get('limit'))));
  return { agents: page, ...(left.length > page.length && { nextCursor: page.at(-1)?.id }) };
}

/** Answers as the API of a registry does, as far as other registries ask it: its list, its agents and their layers. */
export async function answerOf(context: TestContext, address: string, pageSize = 500): Promise<Answer> {
  const { pathname, searchParams } = new URL(address, 'http://registry');
  const [, , , id, part] = pathname.split('/').map(decodeURIComponent);
  try {
    if (id === undefined) return { status: 200, body: await list(context, searchParams, pageSize) };
    return { status: 200, body: await (part === undefined ? getAgent : getLayers)(context.store, id) };
  } catch (error) {
    if (error instanceof NotFoundError) return { status: 404, body: { status: 404 } };
    throw error;
  }
}
