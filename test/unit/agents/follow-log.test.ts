import { describe, expect, test } from '@jest/globals';
import type { Change } from '../../../lambdas/agents/change.ts';
import { deregisterAgent } from '../../../lambdas/agents/deregister-agent.ts';
import type { AgentDigest } from '../../../lambdas/agents/digest-schema.ts';
import { copyOfHeads, followLog, LATE_COMMIT_MS, type LogView } from '../../../lambdas/agents/follow-log.ts';
import { updateHealth } from '../../../lambdas/agents/settle-health.ts';
import { aContext, registered, START, type TestContext } from '../../support/agents.ts';

/** Revisions by agent; one that is gone keeps its own. */
class Revisions implements LogView {
  readonly known = new Map<string, number>();

  put({ id, revision }: AgentDigest): void {
    this.known.set(id, Math.max(revision, this.known.get(id) ?? 0));
  }

  apply({ agentId, revision, digest }: Change): boolean {
    const isNews = revision > (this.known.get(agentId) ?? 0);
    this.put(digest);
    return isNews;
  }
}

const sourcesOf = ({ store }: TestContext) => ({ changes: store, heads: store });

/** A copy of two agents, one of which is about to change. */
async function aCopy(context: TestContext) {
  await registered(context, { id: 'a' });
  await registered(context, { id: 'b', name: 'b' });
  const start = await copyOfHeads(new Revisions(), sourcesOf(context), context.clock.now());
  return (await followLog(start, sourcesOf(context), context.clock.now())).copy;
}

describe('a copy of all agents', () => {
  test('begins with the list of heads, and is of no moment before it has followed the log', async () => {
    const context = aContext();
    await registered(context, { id: 'a' });
    await deregisterAgent(context, { id: 'a', actor: 'tester' });
    await registered(context, { id: 'b', name: 'b' });
    const start = await copyOfHeads(new Revisions(), sourcesOf(context), START);

    expect([...start.view.known]).toEqual([['b', 1]]);
    expect(start.asOf).toBe(0);
    const { copy } = await followLog(start, sourcesOf(context), START + 5);
    expect(Object.fromEntries(copy.view.known)).toEqual({ a: 2, b: 1 });
    expect(copy.asOf).toBe(START + 5);
  });

  test('follows what is committed, and counts what was news', async () => {
    const context = aContext();
    const copy = await aCopy(context);
    context.clock.advance(1_000);
    await updateHealth(context, { id: 'a', health: 'healthy', actor: 'tester', reason: 'tested' });
    const { copy: followed, news } = await followLog(copy, sourcesOf(context), context.clock.now());

    expect(news).toBe(1);
    expect(Object.fromEntries(followed.view.known)).toEqual({ a: 2, b: 1 });
  });

  test('reads from a little before the newest entry that it knows, and further on while nothing happens', async () => {
    const context = aContext();
    const copy = await aCopy(context);
    const later = context.clock.now() + LATE_COMMIT_MS;

    expect((await followLog(copy, sourcesOf(context), later)).copy.position).toBe(START);
    expect((await followLog(copy, sourcesOf(context), later, LATE_COMMIT_MS)).copy.position).toBe(later);
  });

  test('of an empty registry is empty', async () => {
    const { copy, news } = await followLog(
      await copyOfHeads(new Revisions(), sourcesOf(aContext()), START),
      sourcesOf(aContext()),
      START,
    );

    expect([copy.view.known.size, news, copy.lastEntry]).toEqual([0, 0, 0]);
  });
});
