import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type AttributeValue, DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { awsEnvironment, PROJECT } from '../../bin/local/aws-environment.ts';
import { buildPublisher } from '../../bin/publisher/build-publisher.ts';
import type { WriteContext } from '../../lambdas/agents/commit-loop.ts';
import { deregisterAgent } from '../../lambdas/agents/deregister-agent.ts';
import { DynamoAgentStore } from '../../lambdas/agents/dynamo-agent-store.ts';
import { type Beat, foldBeat } from '../../lambdas/health/beats/beat.ts';
import { DynamoBeatStore } from '../../lambdas/health/beats/dynamo-beat-store.ts';
import type { HeartbeatPayload } from '../../lambdas/health/publisher/beat-writer.ts';
import { DynamoBeatWriter, type DynamoBeatWriterProps } from '../../lambdas/health/publisher/dynamo-beat-writer.ts';
import { createDocumentClient } from '../../lambdas/shared/aws-clients.ts';
import { CapacityMeter } from '../bench/capacity-meter.ts';
import { aContext, registered } from '../support/agents.ts';
import { unique } from '../support/api.ts';
import { rejectionOf } from '../support/errors.ts';
import { injectFaults } from '../support/faults.ts';
import { awsClientConfig, dynamoDbLocalEndpoint } from '../support/local-stack.ts';
import { createTestTable, dropTestTable } from '../support/test-table.ts';

jest.setTimeout(120_000);

const HOUR = 3_600_000;

const endpoint = dynamoDbLocalEndpoint();
// The setup of the integration tests says why, where it is not there.
(endpoint === undefined ? describe.skip : describe)('the beats that an agent writes itself', () => {
  let client: DynamoDBDocumentClient;
  let table: string;
  let beats: DynamoBeatStore;
  let context: WriteContext;
  beforeAll(async () => {
    client = createDocumentClient(awsClientConfig(endpoint));
    table = await createTestTable(client);
    beats = new DynamoBeatStore(client, table);
    context = { ...aContext(), store: new DynamoAgentStore(client, table) };
  });
  afterAll(async () => {
    await dropTestTable(client, table);
    client.destroy();
  });

  const anAgent = async (id = unique('beater')) => (await registered(context, { id, name: id })).id;
  const leaves = (id: string) => deregisterAgent(context, { id, actor: 'tester' });
  const aWriter = (props: Partial<DynamoBeatWriterProps> = {}) => {
    const own = createDocumentClient(awsClientConfig(endpoint));
    return { own, writer: new DynamoBeatWriter({ client: own, table, ...props }) };
  };
  const says = (agentId: string, overrides: Partial<HeartbeatPayload> = {}): HeartbeatPayload => ({
    ...{ agentId, agentType: 'specialist', status: 'healthy', ...overrides },
  });

  test('are one write unit each, however much they say, and are read only once', async () => {
    const id = await anAgent(`${'x'.repeat(115)}${unique('').slice(0, 9)}`);
    const { own, writer } = aWriter();
    const meter = new CapacityMeter(own);
    const metrics = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`measurement-no-${n}`, 1 / 3]));
    const checks = Array.from({ length: 4 }, (_, n) => ({ name: `check-${n}`, status: 'healthy' }));
    const full = says(id, { metrics, health: { checks }, ttlSeconds: 86_400 });
    const units = await meter.measure(async () => {
      for (let n = 0; n < 12; n += 1) expect(await writer.write(full)).toMatchObject({ outcome: 'taken' });
    });

    expect(units).toEqual({ reads: 1, writes: 12, calls: 13 });
    expect(await beats.read(id)).toMatchObject({
      streak: 12,
      recent: { length: 10 },
      metrics: { 'measurement-no-0': 0.333333 },
    });
  });

  test('go on where those of an earlier process ended', async () => {
    const id = await anAgent();
    await aWriter().writer.write(says(id));
    await aWriter().writer.write(says(id, { metrics: { taskQueue: 1 } }));
    await aWriter().writer.write(says(id));

    const beat = await beats.read(id);
    expect(beat).toMatchObject({ streak: 3, recent: { length: 3 } });
    // What is said no more is gone.
    expect(beat).not.toHaveProperty('metrics');
  });

  test('have in them what another writer added meanwhile, from the next one on', async () => {
    const id = await anAgent();
    const [one, other] = [aWriter().writer, aWriter().writer];
    await one.write(says(id));
    await other.write(says(id));
    await one.write(says(id));
    await one.write(says(id));

    expect(await beats.read(id)).toMatchObject({ streak: 4, recent: { length: 4 } });
  });

  test.each([HOUR, -HOUR])("are stamped by the service's clock, whatever the agent's says: %d ms off", async (off) => {
    const id = await anAgent();
    const { writer } = aWriter({ clock: { now: () => Date.now() + off } });
    await writer.write(says(id));

    expect(Math.abs(Date.now() - ((await beats.read(id))?.at ?? 0))).toBeLessThan(3_000);
  });

  test('are of nobody where nobody is registered, and make nobody', async () => {
    const { writer } = aWriter();
    expect(await writer.write(says('never-registered'))).toEqual({ outcome: 'unregistered' });
    const id = await anAgent();
    await writer.write(says(id));
    await leaves(id);

    expect(await writer.write(says(id))).toEqual({ outcome: 'unregistered' });
    expect(await beats.read(id)).toBeUndefined();
  });

  test('are of a new life from the second on, and never where the writer is pinned to the old one', async () => {
    const id = await anAgent();
    const [adopting, pinned] = [aWriter().writer, aWriter({ pinned: true }).writer];
    for (const writer of [adopting, pinned]) await writer.write(says(id));
    await leaves(id);
    await anAgent(id);
    const outcomes = [];
    for (const writer of [pinned, adopting, pinned, adopting]) outcomes.push((await writer.write(says(id))).outcome);

    expect(outcomes).toEqual(['unregistered', 'unregistered', 'unregistered', 'taken']);
    expect(await beats.read(id)).toMatchObject({ streak: 1, recent: { length: 1 } });
  });

  test('count once where the answer was lost, and the same heartbeat was sent again', async () => {
    const id = await anAgent();
    const { own, writer } = aWriter();
    let losing = true;
    injectFaults(own, (command) => (losing && command === 'UpdateItemCommand' ? 'lost' : undefined));
    const heartbeat = says(id);
    expect(await rejectionOf(writer.write(heartbeat))).toMatchObject({ status: 503 });
    losing = false;

    expect(await writer.write(heartbeat)).toMatchObject({ outcome: 'taken' });
    expect(await beats.read(id)).toMatchObject({ streak: 1, recent: { length: 1 } });
    await writer.write(says(id));
    expect(await beats.read(id)).toMatchObject({ streak: 2 });
  });

  test('are refused before they are sent where they say what cannot be', async () => {
    const wrong = says(await anAgent(), { ttlSeconds: 1 });
    expect(await rejectionOf(aWriter().writer.write(wrong))).toMatchObject({ status: 400 });
  });

  test.each<[string, Record<string, AttributeValue>]>([
    ['a stamp that is a word', { at: { S: 'x' } }],
    ['a stamp that is no time', { at: { N: '-0.5' } }],
    ['numbers that are neither whole nor safe', { at: { N: '12345678901234567.5' }, ttl: { N: '1E+100' } }],
    ['anything', { at: { NS: ['1', '1E+50'] }, recent: { S: 'abc' }, streak: { BOOL: true }, checks: { M: {} } }],
  ])('stand in nobody’s way where an agent has filled its item with %s', async (_, filled) => {
    const [id, other] = [await anAgent(), await anAgent()];
    const names = Object.keys(filled);
    await new DynamoDBClient(awsClientConfig(endpoint)).send(
      new UpdateItemCommand({
        TableName: table,
        Key: { pk: { S: `LIVENESS#${id}` }, sk: { S: 'BEAT' } },
        UpdateExpression: `SET ${names.map((name) => `#${name} = :${name}`).join(', ')}`,
        ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
        ExpressionAttributeValues: Object.fromEntries(
          names.map((name) => [`:${name}`, filled[name] ?? { NULL: true }]),
        ),
      }),
    );
    expect([...(await beats.readMany([id, other])).keys()].toSorted()).toEqual([id, other].toSorted());
    const before = await beats.read(id);
    expect(before).toMatchObject({ streak: 0, recent: [] });
    // The next beat follows it.
    const next = foldBeat(before as Beat, { at: Date.now(), ttl: 90, status: 'healthy' });
    expect(await beats.write(next, before?.at ?? null)).toBe(true);
    expect(await beats.read(id)).toEqual(next);
    expect(await aWriter().writer.write(says(id))).toMatchObject({ outcome: 'taken' });
  });

  describe('from the library that is built', () => {
    const folder = join(PROJECT, '.local', unique('publisher'));
    afterAll(() => rm(folder, { recursive: true, force: true }));

    test('come from a process that has nothing else, with neither CDK nor middy in it', async () => {
      await mkdir(folder, { recursive: true });
      const { inputs } = await buildPublisher(join(folder, 'library'));
      const parts = Object.keys(inputs);
      expect(parts.filter((path) => /aws-cdk|constructs|middy|powertools|typebox|\.handler\./.test(path))).toEqual([]);
      expect(parts.some((path) => path.endsWith('heartbeat-publisher.ts'))).toBe(true);

      const id = await anAgent();
      const script = join(folder, 'agent.mjs');
      const options = JSON.stringify({ table, endpoint });
      await writeFile(
        script,
        `import { beatsToTable, HeartbeatPublisher, processMetrics } from './library/index.js';
         const measure = processMetrics(2 ** 30);
         const publisher = new HeartbeatPublisher({
           agentId: '${id}', agentType: 'specialist', writer: beatsToTable(${options}),
           intervalSeconds: 0.2, collect: () => ({ metrics: measure() }), emf: {},
         });
         let beats = 0;
         publisher.on('failed', (error) => { console.error(error); process.exit(1); });
         publisher.on('beat', async () => { if (++beats === 3) { await publisher.stop(); clearInterval(alive); } });
         const alive = setInterval(() => {}, 1_000);
         publisher.start();`,
      );
      const agent = spawn(process.execPath, [script], {
        env: { ...process.env, ...awsEnvironment(endpoint ?? '') },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const lines: string[] = [];
      agent.stdout.on('data', (data) => lines.push(...String(data).trim().split('\n')));
      const [code] = await once(agent, 'close');

      expect([code, lines.length]).toEqual([0, 3]);
      expect(JSON.parse(lines[0] ?? '')).toMatchObject({ agentId: id, agentType: 'specialist', Heartbeats: 1 });
      const beat = await beats.read(id);
      expect(beat).toMatchObject({ streak: 3, status: 'healthy', ttl: 90 });
      expect(Object.keys(beat?.metrics ?? {}).sort()).toEqual(['cpuUsage', 'memoryUsage']);
    });
  });
});
