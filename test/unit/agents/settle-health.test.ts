import { describe, expect, test } from '@jest/globals';
import type { AgentRecord } from '../../../lambdas/agents/agent-record.ts';
import { deregisterAgent } from '../../../lambdas/agents/deregister-agent.ts';
import {
  type HealthDecision,
  type HealthSettlement,
  settleHealth,
  updateHealth,
} from '../../../lambdas/agents/settle-health.ts';
import type { Health } from '../../../lambdas/agents/status.ts';
import { updateAgent } from '../../../lambdas/agents/update-agent.ts';
import { isoTime } from '../../../lambdas/shared/clock.ts';
import { NotFoundError, UnavailableError } from '../../../lambdas/shared/errors.ts';
import { aContext, registered, START, type TestContext } from '../../support/agents.ts';
import { rejectionOf } from '../../support/errors.ts';
import type { StoreFault } from '../../support/memory-agent-store.ts';
import { flawsOf } from '../../support/table-snapshot.ts';

const EVICTION: HealthDecision = { health: 'unhealthy', reason: 'lease expired' };

async function withAgent(): Promise<TestContext> {
  const context = aContext();
  await registered(context, { id: 'a' });
  context.clock.advance(1_000);
  return context;
}

const settle = (context: TestContext, decide: HealthSettlement['decide']) =>
  settleHealth(context, { id: 'a', actor: 'health-monitor', decide });
const health = (context: TestContext, state: Health) =>
  updateHealth(context, { id: 'a', health: state, actor: 'checker', reason: 'checked' });
const stored = async ({ store }: TestContext) => (await store.load('a'))?.head;
const revisions = ({ store }: TestContext) => store.changes().map(({ revision }) => revision);

/** The agent tells that it lives. */
function beat({ store, clock }: TestContext): number {
  const place = store.beats.get('a');
  if (place === undefined) throw new Error('There is no place for the beat');
  store.beats.set('a', { ...place, at: clock.now(), ttl: 90, status: 'healthy', streak: 1 });
  return clock.now();
}

/** Something that happens after the first decision, before its commit takes effect. */
function beforeCommit({ store }: TestContext, happens: () => Promise<unknown>): void {
  store.hook = async (call) => {
    if (call !== 'commit') return undefined;
    store.hook = () => undefined;
    await happens();
    return undefined;
  };
}

/** Commits go wrong as listed, then right. */
function failing({ store }: TestContext, ...faults: StoreFault[]): void {
  store.hook = (call) => (call === 'commit' ? faults.shift() : undefined);
}

/** Decides as told, and remembers of which records. */
function recording(decide: (record: AgentRecord) => HealthDecision | undefined) {
  const seen: AgentRecord[] = [];
  return {
    seen,
    decide: async (record: AgentRecord) => {
      seen.push(record);
      return decide(record);
    },
  };
}

describe('the health of an agent', () => {
  test('is a transition of its own, and no change of what the agent says', async () => {
    const context = await withAgent();
    const { agent, changed } = await health(context, 'unhealthy');

    expect(changed).toBe(true);
    expect(agent).toMatchObject({ health: 'unhealthy', status: 'unavailable', state: 'error', revision: 2 });
    expect(context.store.changes().at(-1)).toMatchObject({
      type: 'AgentStatusUpdated',
      changedFields: ['health'],
      actor: 'checker',
      reason: 'checked',
    });
  });

  test('that is what it was writes nothing', async () => {
    const context = await withAgent();
    await health(context, 'healthy');

    expect(await health(context, 'healthy')).toMatchObject({ changed: false });
    expect(revisions(context)).toEqual([1, 2]);
  });

  test('stays when the agent is changed, and so does since when it is so', async () => {
    const context = await withAgent();
    await health(context, 'degraded');
    context.clock.advance(1_000);
    const { agent } = await updateAgent(context, { id: 'a', patch: { type: 'core' }, actor: 'operator' });

    expect(agent.health).toBe('degraded');
    expect(await stored(context)).toMatchObject({ revision: 3, healthSince: isoTime(START + 1_000) });
  });

  test('needs an agent that lives', async () => {
    expect(await rejectionOf(health(aContext(), 'healthy'))).toBeInstanceOf(NotFoundError);
  });
});

describe('settling', () => {
  test('decides of the agent as it is now', async () => {
    const context = await withAgent();
    const { seen, decide } = recording(() => undefined);
    await settle(context, decide);

    expect(seen.map(({ head }) => head)).toEqual([await stored(context)]);
  });

  test('that comes to no decision leaves everything as it is', async () => {
    const context = await withAgent();

    expect(await settle(context, async () => undefined)).toMatchObject({ changed: false, agent: { revision: 1 } });
    expect(revisions(context)).toEqual([1]);
  });

  test('passes on what the decision fails with', async () => {
    const context = await withAgent();
    const failure = new Error('The evidence cannot be read');

    expect(await rejectionOf(settle(context, () => Promise.reject(failure)))).toBe(failure);
  });

  test.each<StoreFault>(['contention', 'busy'])('decides anew after a commit that met %s', async (fault) => {
    const context = await withAgent();
    failing(context, fault);
    const { seen, decide } = recording(() => EVICTION);

    expect(await settle(context, decide)).toMatchObject({ changed: true });
    expect(seen).toHaveLength(2);
    expect(revisions(context)).toEqual([1, 2]);
  });

  test('whose answer is lost is written once, and decided once', async () => {
    const context = await withAgent();
    failing(context, 'lost');
    const { seen, decide } = recording(() => EVICTION);

    expect(await settle(context, decide)).toMatchObject({ changed: true, agent: { health: 'unhealthy', revision: 2 } });
    expect(seen).toHaveLength(1);
    expect(revisions(context)).toEqual([1, 2]);
  });

  test('that never gets through is given up, and says so', async () => {
    const context = await withAgent();
    failing(context, ...Array<StoreFault>(10).fill('contention'));

    expect(await rejectionOf(settle(context, async () => EVICTION))).toBeInstanceOf(UnavailableError);
    expect(revisions(context)).toEqual([1]);
  });
});

describe('settling that races', () => {
  test('deregistration revives nobody', async () => {
    const context = await withAgent();
    beforeCommit(context, () => deregisterAgent(context, { id: 'a', actor: 'operator' }));

    expect(await rejectionOf(settle(context, async () => ({ health: 'healthy', reason: 'beat' })))).toBeInstanceOf(
      NotFoundError,
    );
    expect(await stored(context)).toMatchObject({ deleted: true, revision: 2 });
    expect(flawsOf(context.store.snapshot())).toEqual([]);
  });

  test('registration anew is decided again, of the new life', async () => {
    const context = await withAgent();
    const evidenceOf = (await stored(context))?.incarnation;
    beforeCommit(context, async () => {
      await deregisterAgent(context, { id: 'a', actor: 'operator' });
      await registered(context, { id: 'a' });
    });
    const { seen, decide } = recording(({ head }) => (head.incarnation === evidenceOf ? EVICTION : undefined));

    expect(await settle(context, decide)).toMatchObject({ changed: false });
    expect(new Set(seen.map(({ head }) => head.incarnation)).size).toBe(2);
    expect(await stored(context)).toMatchObject({ health: 'unknown', revision: 3 });
    expect(flawsOf(context.store.snapshot())).toEqual([]);
  });

  test('a change of the agent is decided again, and loses nothing of it', async () => {
    const context = await withAgent();
    beforeCommit(context, () => updateAgent(context, { id: 'a', patch: { type: 'core' }, actor: 'operator' }));

    expect(await settle(context, async () => EVICTION)).toMatchObject({
      changed: true,
      agent: { type: 'core', health: 'unhealthy', revision: 3 },
    });
  });

  test('a beat that comes after the decision is decided again, and the agent stays', async () => {
    const context = await withAgent();
    const expired = beat(context);
    context.clock.advance(100_000);
    beforeCommit(context, async () => beat(context));
    const decided: (number | undefined)[] = [];
    const { changed } = await settle(context, async ({ head: { incarnation } }) => {
      const at = context.store.beats.get('a')?.at;
      decided.push(at);
      return at === expired ? { ...EVICTION, ifBeat: { incarnation, at } } : undefined;
    });

    expect(changed).toBe(false);
    expect(decided).toEqual([expired, expired + 100_000]);
    expect(revisions(context)).toEqual([1]);
  });

  test('a beat stands where it is the one that the decision rests on', async () => {
    const context = await withAgent();
    const at = beat(context);
    const { changed } = await settle(context, async ({ head: { incarnation } }) => ({
      ...EVICTION,
      ifBeat: { incarnation, at },
    }));

    expect(changed).toBe(true);
    expect(await stored(context)).toMatchObject({ health: 'unhealthy', healthSince: isoTime(START + 1_000) });
  });
});
