import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import { PROJECT } from '../../bin/local/aws-environment.ts';
import { writeOutputs } from '../../bin/local/outputs.ts';
import { CHANGE_PARTITION } from '../../lambdas/agents/contract.ts';
import { call, unique } from '../support/api.ts';
import { jsonOf, type Ran, runCommandLine } from '../support/command-line.ts';
import { eventually } from '../support/eventually.ts';
import { awsClientConfig, localStack } from '../support/local-stack.ts';
import { temporaryDirectories } from '../support/temporary-directory.ts';

// Every command is a process, and the first calls start the functions: seconds, not minutes.
jest.setTimeout(60_000);

const temporary = temporaryDirectories();

/** Holds the files that the tests import, and the announcement by which the command line finds the stack. */
let folder: string;

beforeAll(async () => {
  folder = realpathSync(await temporary());
  await writeOutputs(join(folder, '.local'), localStack());
});

/** Runs the command line as users do: a process of its own. */
const cli = (...args: string[]): Promise<Ran> =>
  runCommandLine(args, { AGENT_REGISTRY_LOCAL_DIR: join(folder, '.local') });

/** Runs a command that must succeed, for its JSON. */
const json = <Result>(...args: string[]): Promise<Result> => jsonOf<Result>(args, cli);

function write(path: string, content: string | object): string {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

interface Result {
  readonly path: string;
  readonly verdict: string;
  readonly id?: string;
}

const verdictsOf = (results: readonly Result[]) => results.map(({ verdict }) => verdict);

/** Every change that the log holds of these agents: what the registry announced. */
async function changesOf(ids: readonly string[]): Promise<number> {
  const dynamo = DynamoDBDocumentClient.from(new DynamoDBClient(awsClientConfig()));
  let count = 0;
  let start: Record<string, unknown> | undefined;
  do {
    const page = await dynamo.send(
      new QueryCommand({
        TableName: localStack().tableName,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': CHANGE_PARTITION },
        ConsistentRead: true,
        ExclusiveStartKey: start,
      }),
    );
    count += (page.Items ?? []).filter(({ agentId, copyOf }) => copyOf === undefined && ids.includes(agentId)).length;
    start = page.LastEvaluatedKey;
  } while (start);
  return count;
}

const skillIds = (agents: readonly { readonly id: string }[]) => agents.map(({ id }) => id);

describe('one agent, from its file to its end', () => {
  test('is registered, shown, found, changed and removed', async () => {
    const id = unique('mason');
    const skill = unique('walls');
    const file = write('mason.json', {
      id,
      name: id,
      capabilities: [skill],
      config: { mcp_servers: ['quarry'], color: 'red' },
    });

    expect(await json('register', file)).toMatchObject({ id, revision: 1, filePath: file });
    expect(await json('get', id)).toMatchObject({ config: { mcpServers: ['quarry'] } });
    await eventually(async () => {
      const { agents } = await json<{ agents: { id: string }[] }>('search', skill);
      expect(skillIds(agents)).toEqual([id]);
    });
    const { agents } = await json<{ agents: { id: string }[] }>('list', '--capability', skill);
    expect(skillIds(agents)).toEqual([id]);

    const changed = await json('update', id, '--set', 'config.priority=9', '--set', 'config.color=null');
    expect(changed).toMatchObject({ revision: 2, config: { priority: 9, mcpServers: ['quarry'] } });
    expect(changed).not.toHaveProperty('config.color');
    expect(await json('update', id, write('patch.json', { type: 'core' }))).toMatchObject({
      revision: 3,
      type: 'core',
    });

    expect(await cli('deregister', id, '--force')).toMatchObject({ code: 0, out: `Deregistered ${id}.\n` });
    expect(await cli('get', id)).toMatchObject({ code: 1, err: expect.stringContaining(id) });
  });

  test('that the API refuses is told with every broken rule', async () => {
    const file = write('bad.json', { id: unique('bad'), name: 'bad', config: { priority: 11 }, colour: 'red' });
    const { code, err } = await cli('register', file);
    expect(code).toBe(1);
    expect(err).toContain('config.priority: ');
    expect(err).toContain('colour: ');
  });

  test('counts in the statistics', async () => {
    const { code, out } = await cli('stats');
    expect({ code, out }).toEqual({ code: 0, out: expect.stringMatching(/^Total agents: \d+$/m) });
  });
});

describe('an import', () => {
  test('brings manifests, cards and agent files, and goes on past what is none', async () => {
    const name = unique('crew');
    write(`crew/manifests/${name}/manifest.json`, { id: name, name });
    write('crew/pilot.json', {
      name: `${name} Pilot`,
      description: 'x',
      skills: [{ id: `${name}_guide`, tags: ['Open sea'] }],
    });
    write('crew/a/cook.md', `---\nname: ${name}-cook\n---\nCook.`);
    write('crew/b/cook.md', `---\nname: ${name}-cook\n---\nCook better.`);
    write('crew/c/cook.md', `---\nname: ${name}-cook\n---\nCook.`);
    write('crew/README.md', '# The crew');
    write('crew/broken.md', '---\nname: [\n---\n');
    const crew = join(folder, 'crew');

    const first = await cli('import', crew);
    expect(first).toMatchObject({ code: 1, err: '1 of 7 could not be imported.\n' });
    expect(first.out).toContain('7 files: 4 registered, 1 same as another, 1 skipped, 1 invalid');
    rmSync(join(crew, 'broken.md'));
    const again = await json<Result[]>('import', crew);
    expect(verdictsOf(again)).toEqual(['skipped', 'unchanged', 'unchanged', 'same', 'unchanged', 'unchanged']);
    const cooks = again.filter(({ path, id }) => path.endsWith('cook.md') && id).map(({ id }) => id);
    expect(cooks).toEqual([`${name}-cook`, `${name}-cook-b`]);
    await eventually(async () => {
      const { agents } = await json<{ agents: { id: string }[] }>('search', `${name}_guide`, '--domain', 'Open sea');
      expect(skillIds(agents)).toEqual([`${name}-pilot`]);
    });
  });

  test('knows its agents again by whatever path, and takes a copy for one', async () => {
    const name = unique('potter');
    const file = write(`${name}/agents/potter.md`, `---\nname: ${name}\ndescription: Pots\n---\n`);
    mkdirSync(join(folder, name, '.git'));
    expect(await json<Result[]>('import', file)).toEqual([{ path: file, verdict: 'registered', id: name }]);
    const { body } = await call<{ filePath: string }>('GET', `/registry/agents/${name}`);
    expect(body.filePath).toBe(`${name}/agents/potter.md`);

    const sub = join(folder, name, 'deeper');
    const environment = { AGENT_REGISTRY_LOCAL_DIR: join(folder, '.local'), INIT_CWD: sub };
    expect(await runCommandLine(['import', '../agents'], environment)).toMatchObject({
      code: 0,
      out: expect.stringContaining(`unchanged  ../agents/potter.md ${name}\n`),
    });
    expect(verdictsOf(await json<Result[]>('import', relative(process.cwd(), file)))).toEqual(['unchanged']);

    const copy = write(`${name}/copies/p.md`, `---\nname: ${name}\ndescription: Pots\n---\n`);
    expect(await json<Result[]>('import', copy)).toEqual([{ path: copy, verdict: 'same', of: body.filePath }]);
  });

  test('goes on past a pipe, which nobody writes to', async () => {
    const name = unique('plumber');
    const file = write(`${name}/agent.json`, { id: name, name });
    execFileSync('mkfifo', [join(dirname(file), 'pipe.json')]);
    expect(verdictsOf(await json<Result[]>('import', dirname(file)))).toEqual(['registered', 'skipped']);
  });

  test('changes what its file changed, and nothing else', async () => {
    const name = unique('tiler');
    const file = write(`${name}.json`, { id: name, name, config: { color: 'red', priority: 7 } });
    await json('import', file);
    write(`${name}.json`, { id: name, name, config: { color: 'blue' } });
    expect(verdictsOf(await json<Result[]>('import', file))).toEqual(['updated']);
    const { body } = await call<{ revision: number; config: object }>('GET', `/registry/agents/${name}`);
    expect(body).toMatchObject({ revision: 2, config: { color: 'blue', priority: 5 } });
    expect(verdictsOf(await json<Result[]>('import', file))).toEqual(['unchanged']);
  });

  test('is repeated without a change although the name was taken', async () => {
    const name = unique('namesake');
    await call('POST', '/registry/agents', { name });
    const file = write(`${name}.json`, { id: `${name}-2`, name });
    expect(verdictsOf(await json<Result[]>('import', file))).toEqual(['registered']);
    expect(verdictsOf(await json<Result[]>('import', file))).toEqual(['unchanged']);
  });

  test('reads a bucket', async () => {
    const name = unique('bucketeer');
    const { bucketName } = localStack();
    const s3 = new S3Client({ ...awsClientConfig(), forcePathStyle: true });
    // Beside `manifests/`, which the registry itself may come to watch.
    const Key = `shelf/${name}.json`;
    await s3.send(new PutObjectCommand({ Bucket: bucketName, Key, Body: JSON.stringify({ id: name, name }) }));
    const prefix = `s3://${bucketName}/shelf/`;
    const results = await json<Result[]>('import', prefix);
    expect(results).toEqual([{ path: `${prefix}${name}.json`, verdict: 'registered', id: name }]);
  });
});

const CORPORA = join(PROJECT, '..', 'shared', 'corpora');
const withCorpora = existsSync(CORPORA) ? describe : describe.skip;

withCorpora(`real agents (skipped where ${CORPORA} is absent)`, () => {
  const paths = ['a2a-cards', 'agent-files/wshobson--agents'].map((path) => join(CORPORA, path));

  test('are registered; repeating it changes nothing and announces nothing; a real skill finds its agent', async () => {
    const first = await json<Result[]>('import', ...paths);
    expect(first.length).toBeGreaterThan(200);
    expect(new Set(verdictsOf(first))).toEqual(new Set(['registered']));
    const ids = first.flatMap(({ id }) => id ?? []);
    expect(new Set(ids).size).toBe(first.length);
    expect(await changesOf(ids)).toBe(first.length);

    const again = await json<Result[]>('import', ...paths);
    expect(new Set(verdictsOf(again))).toEqual(new Set(['unchanged']));
    expect(again.flatMap(({ id }) => id ?? [])).toEqual(ids);
    expect(await changesOf(ids)).toBe(first.length);

    await eventually(async () => {
      const { agents } = await json<{ agents: { id: string }[] }>('search', 'book_air_tickets');
      expect(skillIds(agents)).toEqual(['air-ticketing-agent']);
    });
  }, 180_000);
});
