import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { registrationAnswer } from '../../../lambdas/agents/agent-answers.ts';
import type { AgentDocument } from '../../../lambdas/agents/agent-schema.ts';
import { deregisterAgent } from '../../../lambdas/agents/deregister-agent.ts';
import { idempotentRequest } from '../../../lambdas/agents/idempotency.ts';
import { registerAgent } from '../../../lambdas/agents/register-agent.ts';
import { updateHealth } from '../../../lambdas/agents/settle-health.ts';
import { updateAgent } from '../../../lambdas/agents/update-agent.ts';
import { RegistryError, UnavailableError } from '../../../lambdas/shared/errors.ts';
import { aContext, type TestContext } from '../../support/agents.ts';
import type { StoreFault } from '../../support/memory-agent-store.ts';
import { flawsOf } from '../../support/table-snapshot.ts';

/** How many changes a write says that it made: one, none, or at most one. */
type Claim = 'one' | 'none' | 'at most one';
type Write = (context: TestContext) => Promise<Claim>;

const CLAIMED: Readonly<Record<Claim, readonly number[]>> = { one: [1], none: [0], 'at most one': [0, 1] };

const actor = 'tester';
const id = fc.constantFrom('a', 'b', 'c');
const name = fc.constantFrom('one', 'One', 'two', 'three');
const type = fc.constantFrom('core', 'utility');
const conflictResolution = fc.constantFrom<AgentDocument['conflictResolution'][]>('rename', 'reject', 'merge');
const said = (changed: boolean): Claim => (changed ? 'one' : 'none');

const documents = fc.record({ name, id, type, conflictResolution }, { requiredKeys: ['name'] });

const registration = fc.tuple(documents, fc.option(fc.constantFrom('key-1', 'key-2'))).map(
  ([document, key]): Write =>
    async (context) => {
      const idempotent = idempotentRequest(key ?? undefined, actor, document, registrationAnswer);
      const outcome = await registerAgent(context, { document, actor, ...(idempotent && { idempotent }) });
      if ('replayed' in outcome) return 'none';
      return outcome.created ? 'one' : 'at most one';
    },
);

const patches = fc.record(
  { name, type, config: fc.constantFrom({ color: null }, { color: 'red' }) },
  { requiredKeys: [] },
);

const update = fc.tuple(id, patches).map(
  ([agentId, patch]): Write =>
    async (context) =>
      said((await updateAgent(context, { id: agentId, patch, actor })).changed),
);

const transition = fc.tuple(id, fc.constantFrom('healthy' as const, 'unhealthy' as const)).map(
  ([agentId, health]): Write =>
    async (context) =>
      said((await updateHealth(context, { id: agentId, health, actor, reason: 'checked' })).changed),
);

const removal = id.map(
  (agentId): Write =>
    async (context) => {
      await deregisterAgent(context, { id: agentId, actor });
      return 'one';
    },
);

const histories = fc.array(fc.oneof(registration, registration, update, transition, removal), { maxLength: 12 });

/** Faults come one at each call of the store, then the store works. */
const faults = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.constantFrom<StoreFault[]>('busy', 'lost', 'contention') },
  ),
  { maxLength: 60 },
);

/** What a write claims. A refusal claims that nothing happened; only "try again" claims nothing. */
async function claimOf(write: Write, context: TestContext): Promise<Claim> {
  try {
    return await write(context);
  } catch (error) {
    if (error instanceof UnavailableError) return 'at most one';
    if (error instanceof RegistryError) return 'none';
    throw error;
  }
}

describe('whatever is written, and whatever goes wrong', () => {
  test('the table is sound after each write, and each write did what it says', async () => {
    await fc.assert(
      fc.asyncProperty(histories, faults, async (writes, plan) => {
        const context = aContext();
        const pending = [...plan];
        context.store.hook = () => pending.shift();
        for (const write of writes) {
          const before = context.store.changes().length;
          const claim = await claimOf(write, context);

          expect(CLAIMED[claim]).toContain(context.store.changes().length - before);
          expect(flawsOf(context.store.snapshot())).toEqual([]);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('writes at once make a sound table, in whatever order their calls come', async () => {
    await fc.assert(
      fc.asyncProperty(histories, faults, fc.scheduler(), async (writes, plan, scheduler) => {
        const context = aContext();
        const pending = [...plan];
        context.store.hook = async (call) => {
          await scheduler.schedule(Promise.resolve(), call);
          return pending.shift();
        };
        const claims = await scheduler.waitFor(Promise.all(writes.map((write) => claimOf(write, context))));
        const made = context.store.changes().length;

        expect(flawsOf(context.store.snapshot())).toEqual([]);
        expect(made).toBeGreaterThanOrEqual(claims.filter((claim) => claim === 'one').length);
        expect(made).toBeLessThanOrEqual(claims.filter((claim) => claim !== 'none').length);
      }),
      { numRuns: 200 },
    );
  });

  test('the newest change of an agent tells what the table holds of it', async () => {
    await fc.assert(
      fc.asyncProperty(histories, async (writes) => {
        const context = aContext();
        for (const write of writes) await claimOf(write, context);
        const newest = new Map(context.store.changes().map((change) => [change.agentId, change.digest]));

        for (const { id: agentId, name: held, health, revision } of context.store.snapshot().heads) {
          expect(newest.get(agentId)).toMatchObject({ name: held, health, revision });
        }
      }),
    );
  });
});
