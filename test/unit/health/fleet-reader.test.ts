import { beforeEach, expect, test } from '@jest/globals';
import { StoreBusyError } from '../../../lambdas/agents/agent-store.ts';
import { deregisterAgent } from '../../../lambdas/agents/deregister-agent.ts';
import { MAX_GAP_MS } from '../../../lambdas/agents/follow-log.ts';
import { updateHealth } from '../../../lambdas/agents/settle-health.ts';
import { updateAgent } from '../../../lambdas/agents/update-agent.ts';
import { Fleet } from '../../../lambdas/health/fleet.ts';
import { FleetReader } from '../../../lambdas/health/fleet-reader.ts';
import { aChange, aContext, aDigest, registered, type TestContext } from '../../support/agents.ts';
import { rejectionOf } from '../../support/errors.ts';

const healthCheck = { type: 'http', url: 'https://a.example/health' } as const;

let context: TestContext;
let reader: FleetReader;
let listings: number;

beforeEach(() => {
  context = aContext();
  listings = 0;
  const { store, clock } = context;
  const readAll = () => {
    listings += 1;
    return store.readAll();
  };
  reader = new FleetReader({ changes: store, heads: { readAll }, clock, steady: clock });
});

const told = async () => Object.fromEntries((await reader.fresh()).agents());

test('the fleet is read from the list of heads first, and then from the log alone', async () => {
  await registered(context, { id: 'a', name: 'a', monitoring: { healthCheck } });
  expect(await told()).toEqual({ a: { health: 'unknown', declared: { healthCheck } } });

  context.clock.advance(60_000);
  await registered(context, { id: 'b', name: 'b' });
  await updateHealth(context, { id: 'a', health: 'healthy', actor: 't', reason: 't' });
  await updateAgent(context, { id: 'a', patch: { monitoring: null }, actor: 't' });
  expect(await told()).toEqual({
    a: { health: 'healthy', declared: {} },
    b: { health: 'unknown', declared: {} },
  });

  context.clock.advance(60_000);
  await deregisterAgent(context, { id: 'a', actor: 't' });
  expect(Object.keys(await told())).toEqual(['b']);
  expect(listings).toBe(1);
});

test('while nothing happens, what was read once is not read again, however much it is', async () => {
  const { store, clock } = context;
  let read = 0;
  async function* counted(...where: Parameters<typeof store.read>) {
    for await (const page of store.read(...where)) {
      read += page.length;
      yield page;
    }
  }
  const changes = { newestId: () => store.newestId(), read: counted };
  reader = new FleetReader({ changes, heads: store, clock, steady: clock });
  for (let n = 0; n < 5; n += 1) await registered(context, { id: `a-${n}`, name: `a-${n}` });
  await reader.fresh();

  const reads: number[] = [];
  for (let n = 0; n < 4; n += 1) {
    clock.advance(60_000);
    read = 0;
    await reader.fresh();
    reads.push(read);
  }
  expect(reads).toEqual([5, 0, 0, 0]);
});

test('one that cannot be read leaves what is known as it was, and goes on from there', async () => {
  await registered(context, { id: 'a', name: 'a' });
  const { store, clock } = context;
  let isBusy = false;
  const changes = {
    newestId: () => store.newestId(),
    read: (...where: Parameters<typeof store.read>) => {
      if (isBusy) throw new StoreBusyError();
      return store.read(...where);
    },
  };
  reader = new FleetReader({ changes, heads: store, clock, steady: clock });
  await reader.fresh();
  clock.advance(60_000);
  await registered(context, { id: 'b', name: 'b' });
  clock.advance(60_000);
  isBusy = true;
  expect(await rejectionOf(reader.fresh())).toBeInstanceOf(StoreBusyError);
  isBusy = false;
  expect(Object.keys(await told())).toEqual(['a', 'b']);
});

test('one that has slept longer than the log is kept for starts anew', async () => {
  await reader.fresh();
  context.clock.advance(MAX_GAP_MS);
  await reader.fresh();
  expect(listings).toBe(2);
});

test('order and repetition do no harm, tombstones included', () => {
  const fleet = new Fleet();
  fleet.put(aDigest({ revision: 3, health: 'degraded' }));

  expect(fleet.apply(aChange({ revision: 3, health: 'healthy' }))).toBe(false);
  expect(fleet.get('calendar-agent')?.health).toBe('degraded');
  expect(fleet.apply(aChange({ revision: 5 }, { type: 'AgentUnregistered' }))).toBe(true);
  expect(fleet.apply(aChange({ revision: 4 }))).toBe(false);
  expect(fleet.get('calendar-agent')).toBeUndefined();
  expect(fleet.apply(aChange({ revision: 6, health: 'healthy' }))).toBe(true);
  expect(fleet.get('calendar-agent')?.health).toBe('healthy');
});
