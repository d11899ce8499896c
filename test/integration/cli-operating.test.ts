import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import { awsEnvironment } from '../../bin/local/aws-environment.ts';
import { writeOutputs } from '../../bin/local/outputs.ts';
import type { ChangeFeed } from '../../lambdas/agents/change-feed-schema.ts';
import type { BaseReport } from '../../lambdas/capability/base/build-base.ts';
import { firstUlidOf } from '../../lambdas/shared/ids.ts';
import { call, unique } from '../support/api.ts';
import { COMMAND_LINE, jsonOf, runCommandLine } from '../support/command-line.ts';
import { consumeEvents } from '../support/consumer.ts';
import { eventually } from '../support/eventually.ts';
import { localStack } from '../support/local-stack.ts';
import { scanTable } from '../support/registry-table.ts';
import { temporaryDirectories } from '../support/temporary-directory.ts';

jest.setTimeout(60_000);

const temporary = temporaryDirectories();

/** Holds the announcement by which the command line finds the stack. */
let folder: string;

beforeAll(async () => {
  folder = await temporary();
  await writeOutputs(join(folder, '.local'), localStack());
});

const environment = () => ({ AGENT_REGISTRY_LOCAL_DIR: join(folder, '.local') });
const cli = (...args: string[]) => runCommandLine(args, environment());
const json = <Result>(...args: string[]): Promise<Result> => jsonOf<Result>(args, cli);

describe('changes', () => {
  /** A cursor that stands here, however much other tests have left in the feed. */
  const now = () => firstUlidOf(Date.now());

  test('are shown from a cursor on, with the cursor that goes on', async () => {
    const since = now();
    const id = unique('told');
    await call('POST', '/registry/agents', { id, name: id });
    const told = await eventually(async () => {
      const feed = await json<ChangeFeed>('changes', '--since', since);
      expect(feed.changes.map(({ agentId }) => agentId)).toContain(id);
      return feed;
    });
    expect(told.cursor > since).toBe(true);
    const { out } = await cli('changes', '--since', since);
    expect(out).toMatch(new RegExp(`AgentRegistered +${id}#1`));
  });

  test('are followed as they happen', async () => {
    const since = now();
    const id = unique('followed');
    const args = [COMMAND_LINE, '--json', 'changes', '--since', since, '--follow'];
    const follower = spawn(process.execPath, args, {
      env: { ...process.env, AGENT_REGISTRY_API: '', ...environment() },
    });
    try {
      const seen: string[] = [];
      createInterface({ input: follower.stdout }).on('line', (line) => {
        const { agentId, revision } = JSON.parse(line) as { agentId: string; revision: number };
        if (agentId === id) seen.push(`${agentId}#${revision}`);
      });
      await call('POST', '/registry/agents', { id, name: id });
      await eventually(async () => expect(seen).toEqual([`${id}#1`]));
      await call('DELETE', `/registry/agents/${id}`);
      await eventually(async () => expect(seen).toEqual([`${id}#1`, `${id}#2`]));
    } finally {
      follower.kill();
    }
  });

  test('of an unknown cursor, or too many at once, are an error', async () => {
    expect(await cli('changes', '--since', 'yesterday')).toMatchObject({
      code: 1,
      err: expect.stringContaining('since'),
    });
    expect((await cli('changes', '--limit', '1001')).code).toBe(2);
  });
});

test('rebuild-index writes a base of all agents, by the names of the stage alone', async () => {
  await call('POST', '/registry/agents', { name: unique('kept') });
  const { endpoint, tableName, bucketName } = localStack();
  const args = ['--json', 'rebuild-index', '--table', tableName, '--bucket', bucketName];
  const { code, out } = await runCommandLine(args, { ...awsEnvironment(endpoint), AGENT_REGISTRY_LOCAL_DIR: folder });
  const items = await scanTable();
  const living = items.filter(({ sk, deleted }) => sk === 'HEAD' && deleted !== true);
  expect([code, JSON.parse(out) as BaseReport]).toMatchObject([0, { written: true, agents: living.length }]);
  expect(items.find(({ pk, sk }) => pk === 'REGISTRY' && sk === 'INDEX')).toMatchObject({ agents: living.length });
});

describe('republish', () => {
  test('announces what was announced before, by the names of the stage alone', async () => {
    const id = unique('crier');
    const from = new Date(Date.now() - 60_000).toISOString();
    const consumer = await consumeEvents();
    try {
      const heard = async () => (await consumer.drain()).filter(({ detail }) => detail.agentId === id);
      await call('POST', '/registry/agents', { id, name: id });
      const [first] = await eventually(async () => {
        const events = await heard();
        expect(events).toHaveLength(1);
        return events;
      });

      const { endpoint, tableName, busName } = localStack();
      const withoutStack = { ...awsEnvironment(endpoint), AGENT_REGISTRY_LOCAL_DIR: join(folder, 'nowhere') };
      const args = ['republish', '--from', from, '--table', tableName, '--bus', busName];
      expect(await runCommandLine(args, withoutStack)).toMatchObject({
        code: 0,
        out: expect.stringMatching(/^Done: \d+ changes/m),
      });
      const again = await eventually(async () => {
        const events = await heard();
        expect(events.length).toBeGreaterThan(1);
        return events;
      });
      expect(again[1]?.detail).toEqual(first?.detail);
    } finally {
      await consumer.remove();
    }
  });

  test('finds the local stack by itself', async () => {
    const { published } = await json<{ published: number }>('republish', '--from', '2026-01-01', '--to', '2026-01-02');
    expect(published).toBe(0);
  });
});
