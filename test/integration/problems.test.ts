import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Problem } from '../../lambdas/shared/http/problem.ts';
import { call, unique } from '../support/api.ts';

const TAKEN = unique('taken');
const AGENTS = '/registry/agents';
const ONE = `${AGENTS}/${TAKEN}`;
const nested = (depth: number): string => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
const inConfig = (json: string): string => `{"name":"x","config":{"deep":${json}}}`;

type Case = [
  what: string,
  method: string,
  path: string,
  body: unknown,
  status: number,
  field?: string,
  headers?: Record<string, string>,
];

/** Every error of CONTRACT.md, as a caller meets it. */
const CASES: Case[] = [
  ['malformed JSON', 'POST', AGENTS, '{"name":', 400, ''],
  ['no body', 'POST', AGENTS, undefined, 400, ''],
  ['a body that is no object', 'POST', AGENTS, '[]', 400, ''],
  ['another content type', 'POST', AGENTS, 'name=x', 400, 'Content-Type', { 'Content-Type': 'text/plain' }],
  ['no name', 'POST', AGENTS, {}, 400, 'name'],
  ['a blank name', 'POST', AGENTS, { name: '  ' }, 400, 'name'],
  ['a name that is too long', 'POST', AGENTS, { name: 'x'.repeat(129) }, 400, 'name'],
  ['a line end in a name', 'POST', AGENTS, { name: 'a\nb' }, 400, 'name'],
  ['a priority that is too high', 'POST', AGENTS, { name: 'x', config: { priority: 11 } }, 400, 'config.priority'],
  ['a type that is no slug', 'POST', AGENTS, { name: 'x', type: 'No Slug' }, 400, 'type'],
  ['an unknown operator mode', 'POST', AGENTS, { name: 'x', operatorMode: 'off' }, 400, 'operatorMode'],
  [
    'an unknown conflict resolution',
    'POST',
    AGENTS,
    { name: 'x', conflictResolution: 'fight' },
    400,
    'conflictResolution',
  ],
  ['an unknown key', 'POST', AGENTS, { name: 'x', colour: 'red' }, 400, 'colour'],
  [
    'an unknown key below the top',
    'POST',
    AGENTS,
    { name: 'x', capabilities: { skills: [] } },
    400,
    'capabilities.skills',
  ],
  ['a field of the registry', 'POST', AGENTS, { name: 'x', revision: 7 }, 400, 'revision'],
  ['the running tasks', 'POST', AGENTS, { name: 'x', capacity: { current: 1 } }, 400, 'capacity.current'],
  ['a field of the registry in its old name', 'POST', AGENTS, { name: 'x', created_at: 'now' }, 400, 'createdAt'],
  ['both spellings', 'POST', AGENTS, { name: 'x', agent_id: 'a', id: 'b' }, 400, 'id'],
  ['a bad id', 'POST', AGENTS, { name: 'x', id: 'Bad Id' }, 400, 'id'],
  ['two dots in an id', 'POST', AGENTS, { name: 'x', id: 'a..b' }, 400, 'id'],
  ['a forbidden key', 'POST', AGENTS, '{"name":"x","config":{"__proto__":{"a":1}}}', 400, 'config.__proto__'],
  ['a forbidden constructor', 'POST', AGENTS, '{"name":"x","config":{"constructor":{"prototype":{}}}}', 400],
  ['nesting too deep', 'POST', AGENTS, inConfig(nested(31)), 400, ''],
  [
    'a control character',
    'POST',
    AGENTS,
    { name: 'x', config: { description: 'a\u0007b' } },
    400,
    'config.description',
  ],
  ['a lone surrogate', 'POST', AGENTS, '{"name":"x","config":{"description":"\\ud800"}}', 400, 'config.description'],
  ['a number past all bounds', 'POST', AGENTS, '{"name":"x","config":{"n":1e999}}', 400, 'config.n'],
  [
    'an idempotency key that is not ASCII',
    'POST',
    AGENTS,
    { name: 'x' },
    400,
    'Idempotency-Key',
    { 'Idempotency-Key': '\u00e9' },
  ],
  [
    'more than can be searched',
    'POST',
    AGENTS,
    { name: 'x', capabilities: Array.from({ length: 40 }, (_, n) => `${n}`.padEnd(100, 'x')) },
    400,
    'capabilities',
  ],
  [
    'a resource limit past the stage',
    'POST',
    AGENTS,
    { name: 'x', config: { resourceLimit: '57gb' } },
    400,
    'config.resourceLimit',
  ],
  [
    'an MCP server declared twice',
    'POST',
    AGENTS,
    { name: 'x', config: { mcpServers: ['a', 'a'] } },
    400,
    'config.mcpServers.1',
  ],
  ['an unknown parameter', 'POST', `${AGENTS}?dryRun=1`, { name: 'x' }, 400, 'dryRun'],
  ['an id that exists', 'POST', AGENTS, { name: unique('other'), id: TAKEN }, 409, 'id'],
  ['a name that is taken', 'POST', AGENTS, { name: TAKEN, conflictResolution: 'reject' }, 409, 'name'],
  [
    'a taken name in other letters',
    'POST',
    AGENTS,
    { name: ` ${TAKEN.toUpperCase()} `, config: { conflictResolution: 'reject' } },
    409,
    'name',
  ],
  ['too large a body', 'POST', AGENTS, { name: 'x', config: { blob: 'x'.repeat(256 * 1024) } }, 413],
  ['an id in an update', 'PUT', ONE, { id: 'other' }, 400, 'id'],
  ['an update without an object', 'PUT', ONE, '"text"', 400, ''],
  ['an update that breaks the whole', 'PUT', ONE, { config: { priority: 0 } }, 400, 'config.priority'],
  ['an update that takes the name away', 'PUT', ONE, { name: null }, 400, 'name'],
  ['an update of an unknown field', 'PUT', ONE, { colour: null }, 400, 'colour'],
  ['an update of nobody', 'PUT', `${AGENTS}/nobody`, { version: '2' }, 404],
  ['an update of an old revision', 'PUT', ONE, { version: '2' }, 412, undefined, { 'If-Match': '"r99-0"' }],
  ['an If-Match that is no ETag', 'PUT', ONE, { version: '2' }, 400, 'If-Match', { 'If-Match': 'yesterday' }],
  ['a removal of nobody', 'DELETE', `${AGENTS}/nobody`, undefined, 404],
  ['a removal of an old revision', 'DELETE', ONE, undefined, 412, undefined, { 'If-Match': '"r99-0"' }],
  ['a removal with half a force', 'DELETE', `${ONE}?force=maybe`, undefined, 400, 'force'],
  ['a look at nobody', 'GET', `${AGENTS}/nobody`, undefined, 404],
  ['a look at a bad id', 'GET', `${AGENTS}/No%20Id`, undefined, 400, 'id'],
  ['a limit of none', 'GET', `${AGENTS}?limit=0`, undefined, 400, 'limit'],
  ['a limit of too many', 'GET', `${AGENTS}?limit=501`, undefined, 400, 'limit'],
  ['an offset too far', 'GET', `${AGENTS}?offset=10001`, undefined, 400, 'offset'],
  ['a cursor with an offset', 'GET', `${AGENTS}?offset=1&cursor=abc`, undefined, 400, 'cursor'],
  ['a changed cursor', 'GET', `${AGENTS}?cursor=abc`, undefined, 400, 'cursor'],
  ['an unknown status', 'GET', `${AGENTS}?status=sleepy`, undefined, 400, 'status'],
  ['a priority that is none', 'GET', `${AGENTS}?priority=high`, undefined, 400, 'priority'],
  ['an unknown filter', 'GET', `${AGENTS}?colour=red`, undefined, 400, 'colour'],
  ['a search for nothing', 'POST', '/registry/search', { capabilities: [] }, 400, ''],
  ['a search in an unknown mode', 'POST', '/registry/search', { actions: ['x'], mode: 'some' }, 400, 'mode'],
  ['a search by an unknown list', 'POST', '/registry/search', { skills: ['x'] }, 400, 'skills'],
  ['an unknown route', 'GET', '/registry/nothing', undefined, 404],
  ['an unknown method', 'PATCH', ONE, {}, 404],
];

describe('a problem document explains', () => {
  beforeAll(async () => {
    await call('POST', AGENTS, { id: TAKEN, name: TAKEN });
  });

  test.each(CASES.map((row) => ({ what: row[0], row })))('$what', async ({ row }) => {
    const [, method, path, body, status, field, headers] = row;
    const answer = await call<Problem>(method, path, body, headers);
    const { body: problem } = answer;
    expect([answer.status, problem.status]).toEqual([status, status]);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(problem).toMatchObject({
      type: expect.stringMatching(/^urn:agent-registry:problem:/),
      title: expect.any(String),
      detail: expect.any(String),
      instance: expect.stringMatching(/^\//),
    });
    if (field !== undefined) expect(problem.errors?.map((error) => error.field)).toContain(field);
  });

  test('a key that comes back with another body', async () => {
    const key = { 'Idempotency-Key': unique('key') };
    const name = unique('once');
    expect((await call('POST', AGENTS, { name }, key)).status).toBe(201);
    const reused = await call<Problem>('POST', AGENTS, { name, version: '2' }, key);
    expect([reused.status, reused.body.type]).toEqual([422, 'urn:agent-registry:problem:idempotency-key-reused']);
  });

  test('and a refused request leaves nothing behind', async () => {
    const id = unique('refused');
    await call('POST', AGENTS, { id, name: id, config: { priority: 99 } });
    expect((await call('GET', `${AGENTS}/${id}`)).status).toBe(404);
  });
});
