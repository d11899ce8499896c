import { describe, expect, test } from '@jest/globals';
import { newsIn, showChanges } from '../../../bin/cli/health.ts';
import type { AgentHealth, FleetHealth } from '../../../lambdas/health/health-schema.ts';
import { serverThatAnswers } from './http-server.ts';
import { cliInProcess } from './in-process.ts';

const cli = cliInProcess();

const TIME = '2026-11-21T10:00:00.000Z';
const STAMP = Date.parse(TIME);

const AGENT: AgentHealth = {
  ...{ agentId: 'mason', health: 'degraded', consecutiveFailures: 1, consecutiveSuccesses: 0, since: TIME },
  ...{ reason: 'HTTP_STATUS', because: 'http check: neither well nor down (HTTP_STATUS)' },
  ...{ lastCheck: null, lease: { expiresAt: TIME, expired: true } },
  history: [
    { agentId: 'mason', healthy: true, timestamp: STAMP, details: { source: 'heartbeat', reason: 'AGENT_HEALTHY' } },
    {
      ...{ agentId: 'mason', healthy: false, timestamp: STAMP + 1_000, responseTime: 12.4, error: 'It said 500.' },
      details: { source: 'http', reason: 'HTTP_STATUS', status: 500 },
    },
  ],
};

const FLEET: FleetHealth = {
  totalAgents: 9,
  health: { healthy: 5, degraded: 1, unhealthy: 1, unknown: 2 },
  agents: [{ agentId: 'mason', name: 'Mason', health: 'unhealthy' }],
  checks: {
    http: {
      ...{ round: 3, at: TIME, tookMs: 900, targets: 4, suspected: true, unsaved: 0, held: 4 },
      results: { passed: 0, partial: 0, failed: 4, unasked: 0 },
    },
    lambda: null,
    ecs: null,
  },
  sweep: { at: TIME, tookMs: 5, leased: 6, expired: 3, evicted: 0, preserving: true, held: 3 },
  override: { mode: 'hold', until: TIME, actor: 'operator', reason: 'a deployment' },
};

const run = async (args: readonly string[], ...bodies: object[]) => {
  // A watch ends where the server has nothing more to say.
  const answers = [...bodies.map((body) => ({ status: 200, body })), { status: 404, body: { title: 'Gone' } }];
  await using server = await serverThatAnswers(...answers);
  const ran = await cli([...args, '--api', server.url]);
  return { ...ran, urls: server.requests.map(({ url }) => url) };
};

describe('the health of an agent', () => {
  test('is told with the results that it follows from', async () => {
    const { code, out, urls } = await run(['health', 'mason'], AGENT);

    expect([code, urls]).toEqual([0, ['/stage/registry/agents/mason/health']]);
    expect(out).toContain(`mason is degraded since ${TIME}, 1 failures in a row`);
    expect(out.split('\n')[1]).toBe('Why: http check: neither well nor down (HTTP_STATUS)');
    expect(out).toContain(`Its lease ended at ${TIME}`);
    expect(out).toMatch(/10:00:00\.000Z +heartbeat +passed +AGENT_HEALTHY +- +-/);
    expect(out).toMatch(/10:00:01\.000Z +http +failed +HTTP_STATUS +12 ms +It said 500\./);
  });

  test('of which nobody knows anything is told as well', async () => {
    const { out } = await run(['health', 'mason'], { ...AGENT, because: null, history: [], lease: null });
    expect(out).toContain('Nobody has checked it yet');
    expect(out).not.toContain('Why');
    expect(out).not.toContain('lease');
  });

  test('is JSON for programs', async () => {
    expect(JSON.parse((await run(['--json', 'health', 'mason'], AGENT)).out)).toEqual(AGENT);
  });
});

describe('the health of the fleet', () => {
  test('is told with whoever is not well, and those who watch over it', async () => {
    const { code, out, urls } = await run(['health'], FLEET);

    expect([code, urls]).toEqual([0, ['/stage/registry/health']]);
    expect(out).toContain('9 agents: 5 healthy, 1 degraded, 1 unhealthy, 2 unknown');
    expect(out).toMatch(/^mason +Mason +unhealthy$/m);
    expect(out).toMatch(/^CHECK +LAST ROUND +AGENTS +PASSED +PARTIAL +FAILED +UNASKED +HELD$/m);
    expect(out).toMatch(/^http +2026\S+Z +4 +0 +0 +4 +0 +4$/m);
    expect(out).toMatch(/^ecs +- +-/m);
    expect(out).toContain('All http checks failed at once');
    expect(out).toContain('6 leases, 3 ended, 0 evicted, 3 held');
    expect(out).toContain('nobody is evicted');
    expect(out).toContain(`Override hold by operator until ${TIME}: a deployment`);
  });

  test('before anybody has looked is told as well', async () => {
    const quiet = {
      ...FLEET,
      agents: [],
      checks: { http: null, lambda: null, ecs: null },
      sweep: null,
      override: null,
    };
    const { out } = await run(['health'], quiet);
    expect(out).toContain('There was no sweep yet.');
    expect(out).not.toMatch(/Override|doubted|evicted/);
  });
});

describe('checks that the stage does not permit', () => {
  const asked = { ...{ round: 3, at: TIME, tookMs: 9, targets: 4, suspected: false, unsaved: 0, held: 0 } };
  const unasked = { ...asked, results: { passed: 0, partial: 0, failed: 0, unasked: 4 } };
  const some = { ...asked, results: { passed: 1, partial: 0, failed: 0, unasked: 3 } };
  const told = async (checks: FleetHealth['checks']) =>
    (await run(['health'], { ...FLEET, checks })).out.split('\n').filter((line) => line.includes('-c checked'));

  test('are told of with the setting that permits them', async () => {
    expect(await told({ http: null, lambda: unasked, ecs: unasked })).toEqual([
      'The last lambda round asked about nobody: a stage asks about what it was deployed with, -c checkedFunctions=NAMES.',
      'The last ecs round asked about nobody: a stage asks about what it was deployed with, -c checkedServices=NAMES.',
    ]);
  });

  test('are no news where some are made, or there are none', async () => {
    const none = { ...unasked, results: { ...unasked.results, unasked: 0 } };
    expect(await told({ http: unasked, lambda: some, ecs: none })).toEqual([]);
  });
});

describe('what is news of the fleet', () => {
  const isNews = (change: object) => JSON.stringify(newsIn({ ...FLEET, ...change })) !== JSON.stringify(newsIn(FLEET));
  const { checks, sweep } = FLEET;

  test.each<[string, object]>([
    ['how many there are', { totalAgents: 10 }],
    ['how many are how', { health: { ...FLEET.health, healthy: 4 } }],
    ['who is not well', { agents: [{ agentId: 'smith', name: 'Smith', health: 'unhealthy' }] }],
    ['that a checker is doubted no more', { checks: { ...checks, http: { ...checks.http, suspected: false } } }],
    ['that nobody is preserved any more', { sweep: { ...sweep, preserving: false } }],
    ["an operator's word", { override: null }],
  ])('%s', (_, change) => {
    expect(isNews(change)).toBe(true);
  });

  test('is not that it was looked at once more', () => {
    const later = { at: '2026-11-21T10:00:30.000Z', tookMs: 7 };
    const round = { ...checks.http, ...later, round: 4, results: { passed: 3, partial: 1, failed: 0, unasked: 0 } };
    expect(isNews({ checks: { ...checks, http: round }, sweep: { ...sweep, ...later, leased: 7 } })).toBe(false);
  });

  test('of an agent is each of its results', () => {
    const more = { ...AGENT, history: [...AGENT.history, ...AGENT.history] };
    expect(JSON.stringify(newsIn(more))).not.toBe(JSON.stringify(newsIn(AGENT)));
  });
});

describe('what is watched', () => {
  test('is shown when it has changed, until it can be seen no more', async () => {
    const seen = ['healthy', 'healthy', 'degraded', 'degraded', 'healthy'].map((health) => ({ ...AGENT, health }));
    const shown: string[] = [];
    let pauses = 0;
    const watched = showChanges(
      async () => seen.shift() ?? Promise.reject(new Error('gone')),
      ({ health }) => shown.push(health),
      (answer) => answer,
      async () => {
        pauses += 1;
      },
    );

    await expect(watched).rejects.toThrow('gone');
    expect([shown, pauses]).toEqual([['healthy', 'degraded', 'healthy'], 5]);
  });

  test('ends with the reason why', async () => {
    expect(await run(['health', 'mason', '--watch'])).toMatchObject({ code: 1, err: expect.stringContaining('Gone') });
  });
});
