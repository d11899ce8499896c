import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { registrationAnswer } from '../../lambdas/agents/agent-answers.ts';
import type { AgentDocument } from '../../lambdas/agents/agent-schema.ts';
import type { WriteContext } from '../../lambdas/agents/commit-loop.ts';
import { DynamoAgentStore } from '../../lambdas/agents/dynamo-agent-store.ts';
import { idempotentRequest } from '../../lambdas/agents/idempotency.ts';
import { type Registered, registerAgent } from '../../lambdas/agents/register-agent.ts';
import { createDocumentClient } from '../../lambdas/shared/aws-clients.ts';
import { systemClock } from '../../lambdas/shared/clock.ts';
import { ConflictError, UnavailableError } from '../../lambdas/shared/errors.ts';
import { createUlidFactory } from '../../lambdas/shared/ids.ts';
import { rejectionOf } from '../support/errors.ts';
import { type FaultPlan, injectFaults, transactionFaults } from '../support/faults.ts';
import { awsClientConfig, dynamoDbLocalEndpoint } from '../support/local-stack.ts';
import { flawsOf } from '../support/table-snapshot.ts';
import { createTestTable, dropTestTable, scanSnapshot } from '../support/test-table.ts';

const REGISTRATIONS = 500;
/** A fifth of the transactions is refused, a tenth takes effect and nobody hears of it. */
const SHARES = { conflict: 0.15, throttle: 0.05, lost: 0.1 };

jest.setTimeout(120_000);

let client: DynamoDBDocumentClient;
let table: string;
let context: WriteContext;

/** Every registration at once, as from 500 functions: none waits for another. */
function registerAll(document: Partial<AgentDocument>) {
  const registrations = Array.from({ length: REGISTRATIONS }, () =>
    registerAgent(context, { document: { name: 'popular', ...document }, actor: 'tester' }),
  );
  return Promise.allSettled(registrations);
}

const agentsOf = (outcomes: readonly PromiseSettledResult<Registered>[]) =>
  outcomes.flatMap((outcome) => ('value' in outcome && 'agent' in outcome.value ? [outcome.value.agent] : []));
const failuresOf = (outcomes: readonly PromiseSettledResult<Registered>[]): unknown[] =>
  outcomes.flatMap((outcome) => ('reason' in outcome ? [outcome.reason] : []));

const endpoint = dynamoDbLocalEndpoint();
// The setup of the integration tests says why, where it is not there.
(endpoint === undefined ? describe.skip : describe)('against DynamoDB Local', () => {
  beforeEach(async () => {
    client = createDocumentClient(awsClientConfig(endpoint));
    table = await createTestTable(client);
    context = {
      store: new DynamoAgentStore(client, table),
      clock: systemClock,
      newUlid: createUlidFactory(systemClock),
      policy: { allowedTools: ['*'], maxAgentMemory: 1024, allowedHosts: [] },
    };
  });
  afterEach(async () => {
    await dropTestTable(client, table);
    client.destroy();
  });

  describe(`${REGISTRATIONS} registrations of one name at once, a third of whose transactions go wrong`, () => {
    test('have 500 names, as rename asks', async () => {
      const faults = injectFaults(client, transactionFaults(1, SHARES));
      const outcomes = await registerAll({ conflictResolution: 'rename' });
      const agents = agentsOf(outcomes);
      const snapshot = await scanSnapshot(client, table);

      expect(failuresOf(outcomes)).toEqual([]);
      expect(new Set(agents.map(({ name }) => name)).size).toBe(REGISTRATIONS);
      expect(agents.filter(({ name }) => name === 'popular')).toHaveLength(1);
      expect(flawsOf(snapshot)).toEqual([]);
      expect(snapshot.heads.map(({ id }) => id).sort()).toEqual(agents.map(({ id }) => id).sort());
      for (const count of Object.values(faults)) expect(count).toBeGreaterThan(10);
    });

    test('have one holder and 499 conflicts, as reject asks', async () => {
      const faults = injectFaults(client, transactionFaults(2, SHARES));
      const outcomes = await registerAll({ conflictResolution: 'reject' });
      const failures = failuresOf(outcomes);
      const snapshot = await scanSnapshot(client, table);

      expect(agentsOf(outcomes)).toHaveLength(1);
      expect(failures.filter((failure) => !(failure instanceof ConflictError))).toEqual([]);
      expect(failures).toHaveLength(REGISTRATIONS - 1);
      expect(flawsOf(snapshot)).toEqual([]);
      expect(snapshot.heads.map(({ id }) => id)).toEqual(agentsOf(outcomes).map(({ id }) => id));
      expect(faults.conflict + faults.throttle + faults.lost).toBeGreaterThan(10);
    });
  });

  describe('a registration whose answer is lost', () => {
    const document = { name: 'popular', conflictResolution: 'reject' };
    const send = () => {
      const idempotent = idempotentRequest('key-1', 'tester', document, registrationAnswer);
      return registerAgent(context, { document, actor: 'tester', ...(idempotent && { idempotent }) });
    };

    test('and is known to the log is answered as it would have been', async () => {
      const lost: FaultPlan = transactionFaults(1, { conflict: 0, throttle: 0, lost: 1 });
      injectFaults(client, lost);

      expect(await send()).toMatchObject({ created: true, agent: { name: 'popular', revision: 1 } });
      expect((await scanSnapshot(client, table)).changes).toHaveLength(1);
    });

    test('for good, and is sent again with its Idempotency-Key, is one agent and one change', async () => {
      let connected = true;
      injectFaults(client, (commandName) => {
        if (commandName === 'TransactWriteItemsCommand') connected = false;
        return connected ? undefined : 'lost';
      });
      expect(await rejectionOf(send())).toBeInstanceOf(UnavailableError);
      connected = true;
      const first = await scanSnapshot(client, table);
      const outcome = await send();
      const snapshot = await scanSnapshot(client, table);

      expect(outcome).toMatchObject({ replayed: { status: 201, body: expect.stringContaining('"name":"popular"') } });
      expect(first.changes).toHaveLength(1);
      expect(snapshot).toEqual(first);
      expect(flawsOf(snapshot)).toEqual([]);
    });
  });
});
