import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Health } from '../../../../lambdas/agents/status.ts';
import { type Beat, foldBeat, type SaidBeat } from '../../../../lambdas/health/beats/beat.ts';
import { DAMPING_MS, type Evidence, judge, verdictOn } from '../../../../lambdas/health/judging/judge.ts';
import type { Rounds } from '../../../../lambdas/health/judging/vouching.ts';
import { START } from '../../../support/agents.ts';
import { aBeat, results } from '../../../support/health.ts';

const HOUR = 3_600_000;

/** Long after the last change, unless said otherwise; nothing is declared, nothing is known. */
const evidence = (overrides: Partial<Evidence> = {}): Evidence => ({
  health: 'unknown',
  since: START - HOUR,
  declared: {},
  ...overrides,
});

const http = { healthCheck: { type: 'http' } } as const;

/** Healthy beats, or others, 30 s apart, the last one just now. */
const beating = (count: number, said: Partial<SaidBeat> = {}): Beat =>
  Array.from({ length: count }).reduce<Beat>(
    (before, _, n) => foldBeat(before, { at: START - (count - 1 - n) * 30_000, ttl: 90, status: 'healthy', ...said }),
    aBeat(),
  );

const healthOf = (overrides: Partial<Evidence>, now = START) => judge(evidence(overrides), now)?.health ?? 'as it is';

describe('without any evidence', () => {
  test('an agent is unknown, whatever it was when it declared more', () => {
    expect(verdictOn(evidence({ health: 'unhealthy', undeclared: true }), START)).toMatchObject({
      health: 'unknown',
      reason: 'NO_EVIDENCE',
    });
    expect(healthOf({ health: 'unhealthy', undeclared: true, check: results('pp') })).toBe('unknown');
  });

  test('one whose check was changed for another kind is unknown until that has told something', () => {
    const changed = { health: 'unhealthy', undeclared: true, declared: http } as const;
    expect(healthOf(changed)).toBe('unknown');
    expect(healthOf({ ...changed, check: results('fff', START, 'ecs') })).toBe('unknown');
    expect(healthOf({ ...changed, check: results('fff', START - 150_001) })).toBe('unknown');
    expect(healthOf({ ...changed, check: results('pp') })).toBe('healthy');
    expect(healthOf({ ...changed, beat: beating(2) })).toBe('healthy');
    expect(healthOf({ ...changed, beat: beating(2) }, START + 90_000)).toBe('as it is');
    expect(healthOf({ ...changed, undeclared: false })).toBe('as it is');
  });

  test('what its host said of an agent stands', () => {
    expect(healthOf({ health: 'degraded' })).toBe('as it is');
    expect(healthOf({ health: 'unhealthy', beat: aBeat() })).toBe('as it is');
  });

  test('stays as it is while its check has not told anything, or has fallen silent', () => {
    expect(healthOf({ health: 'healthy', declared: http })).toBe('as it is');
    expect(healthOf({ health: 'healthy', declared: http, check: results('fff', START - 150_001) })).toBe('as it is');
  });

  test('a beat that is stamped more than five seconds ahead is none', () => {
    const ahead = beating(2);
    expect(healthOf({ beat: ahead }, START - 5_000)).toBe('healthy');
    expect(healthOf({ health: 'unknown', beat: beating(1) }, START - 5_001)).toBe('as it is');
    expect(healthOf({ health: 'healthy', beat: beating(1) }, START - 5_001)).toBe('unknown');
    expect(healthOf({ health: 'unhealthy', beat: beating(1) }, START - 5_001)).toBe('as it is');
  });
});

describe('a check', () => {
  test('is believed while it is fresh: two intervals and a minute', () => {
    const check = results('fff', START - 150_000);
    expect(healthOf({ health: 'healthy', declared: http, check })).toBe('unhealthy');
    expect(healthOf({ health: 'healthy', declared: http, check }, START + 1)).toBe('as it is');
  });

  test.each<[string, Evidence['declared'], number]>([
    ['of an HTTP endpoint counts for 30 seconds at least', { healthCheck: { type: 'http', intervalSeconds: 10 } }, 150],
    ['counts for its own interval', { healthCheck: { type: 'http', intervalSeconds: 600 } }, 1_290],
    ['of a function counts for 300 seconds at least', { healthCheck: { type: 'lambda', intervalSeconds: 30 } }, 690],
    ['of a service counts for 30 seconds at least', { healthCheck: { type: 'ecs' } }, 150],
  ])('%s', (_, declared, seconds) => {
    const source = declared.healthCheck?.type ?? 'http';
    const check = results('fff', START - seconds * 1_000, source);
    expect(healthOf({ health: 'healthy', declared, check })).toBe('unhealthy');
    expect(healthOf({ health: 'healthy', declared, check }, START + 1)).toBe('as it is');
  });

  test('of another kind than is declared says nothing', () => {
    expect(healthOf({ health: 'healthy', declared: http, check: results('fff', START, 'ecs') })).toBe('as it is');
  });
});

describe('beats and a check together', () => {
  test.each<[string, string, string, Health | 'as it is']>([
    ['agree that it is well', 'healthy', 'pp', 'healthy'],
    ['agree that it is down', 'unhealthy', 'fff', 'unhealthy'],
    ['disagree, and it is alive by its check', 'unhealthy', 'pp', 'degraded'],
    ['disagree, and it is alive by its beats', 'healthy', 'fff', 'degraded'],
    ['say the same where the check knows nothing yet', 'healthy', 'p', 'healthy'],
  ])('%s', (_, status, letters, health) => {
    const beat = beating(3, { status: status as SaidBeat['status'] });
    const known = { declared: http, beat, check: results(letters) };
    // `unknown` is neither better nor worse, so nothing is damped.
    expect(healthOf(known)).toBe(health);
  });

  test('say why they disagree, the worse first', () => {
    const verdict = judge(evidence({ declared: http, beat: beating(2), check: results('fff') }), START);

    expect(verdict).toEqual({
      health: 'degraded',
      reason: 'TIMEOUT',
      because: 'http check: 3 failures in a row (TIMEOUT); heartbeat: 2 successes in a row (AGENT_HEALTHY)',
    });
  });
});

describe('the first beat after a lapse', () => {
  const late = foldBeat(beating(5), { at: START + 95_000, ttl: 90, status: 'healthy' });

  test('says nothing against an agent that is healthy still', () => {
    expect(late.streak).toBe(1);
    expect(healthOf({ health: 'healthy', beat: late }, START + 95_000)).toBe('as it is');
  });

  test('is alive beside a check that fails', () => {
    const known = { health: 'healthy', declared: http, beat: late } as const;
    expect(healthOf({ ...known, check: results('pp', START + 90_000) }, START + 95_000)).toBe('as it is');
    expect(healthOf({ ...known, check: results('fff', START + 90_000) }, START + 95_000)).toBe('degraded');
  });

  test('does not change yet what was unhealthy', () => {
    expect(healthOf({ health: 'unhealthy', beat: late }, START + 95_000)).toBe('as it is');
  });

  test('is no excuse for a beat that says that it is unhealthy', () => {
    const bad = foldBeat(beating(5), { at: START + 95_000, ttl: 90, status: 'unhealthy' });
    expect(healthOf({ health: 'healthy', beat: bad }, START + 95_000)).toBe('degraded');
  });
});

describe('declared limits', () => {
  const loaded = (metrics: Record<string, number>) => beating(2, { metrics });

  test.each<[string, Record<string, number>, Health]>([
    ['memory below 90 %', { memoryUsage: 0.899 }, 'healthy'],
    ['memory at 90 %', { memoryUsage: 0.9 }, 'degraded'],
    ['memory by its other name', { memory_usage: 0.95 }, 'degraded'],
    ['cpu at 80 %', { cpuUsage: 0.8 }, 'degraded'],
    ['cpu below it', { cpuUsage: 0.79 }, 'healthy'],
    ['a queue of 99', { taskQueue: 99 }, 'healthy'],
    ['a queue of 100', { taskQueue: 100 }, 'degraded'],
    ['nothing told', {}, 'healthy'],
  ])('%s', (_, metrics, health) => {
    expect(healthOf({ declared: { resourceCheck: {} }, beat: loaded(metrics) })).toBe(health);
  });

  test('are the agent’s own where it sets them, and none where it declares none', () => {
    const beat = loaded({ memoryUsage: 0.95, taskQueue: 60 });
    expect(healthOf({ declared: { resourceCheck: { memoryUsage: 0.99 } }, beat })).toBe('healthy');
    expect(healthOf({ declared: { resourceCheck: { memoryUsage: 0.99, taskQueue: 50 } }, beat })).toBe('degraded');
    expect(healthOf({ beat })).toBe('healthy');
  });

  test('are told with what broke them', () => {
    const beat = loaded({ memoryUsage: 0.95 });
    expect(judge(evidence({ declared: { resourceCheck: {} }, beat }), START)).toMatchObject({
      reason: 'RESOURCE_LIMIT',
      because: 'heartbeat: memoryUsage 0.95 is not below 0.9 (RESOURCE_LIMIT)',
    });
  });

  test('a declared test that does not go well degrades; another one does not', () => {
    const beat = beating(2, { checks: [{ name: 'mcp_connections', status: 'unhealthy' }] });
    expect(healthOf({ declared: { functionalityTest: ['mcpConnections'] }, beat })).toBe('degraded');
    expect(healthOf({ declared: { functionalityTest: ['toolAccess'] }, beat })).toBe('healthy');
    const well = beating(2, { checks: [{ name: 'mcpConnections', status: 'OK' }] });
    expect(healthOf({ declared: { functionalityTest: ['mcpConnections'] }, beat: well })).toBe('healthy');
  });

  test('make nobody better: who is down stays down', () => {
    const beat = beating(3, { status: 'unhealthy', metrics: { memoryUsage: 1 } });
    expect(healthOf({ health: 'healthy', declared: { resourceCheck: {} }, beat })).toBe('unhealthy');
  });
});

describe('an ended lease', () => {
  const end = START + 90_000;

  test('is none a millisecond before its end', () => {
    const bad = beating(3, { status: 'unhealthy' });
    expect(healthOf({ health: 'healthy', beat: bad }, end - 1)).toBe('unhealthy');
    expect(healthOf({ health: 'healthy', beat: bad }, end)).toBe('as it is');
  });

  test('changes nothing by itself, and takes the agent offline when the sweep evicts', () => {
    expect(healthOf({ health: 'healthy', beat: beating(2) }, end)).toBe('as it is');
    const verdict = judge(evidence({ health: 'healthy', beat: beating(2), evict: true }), end);
    expect(verdict).toEqual({
      health: 'unhealthy',
      reason: 'LEASE_EXPIRED',
      because: 'lease expired (LEASE_EXPIRED)',
    });
  });

  test('is none for whoever beats again meanwhile', () => {
    expect(healthOf({ health: 'healthy', beat: beating(2), evict: true }, end - 1)).toBe('as it is');
  });

  test('leaves an agent to its check', () => {
    const known = { health: 'degraded', declared: http, beat: beating(2) } as const;
    expect(healthOf({ ...known, check: results('pp', end) }, end)).toBe('healthy');
    expect(healthOf({ ...known, check: results('fff', end) }, end)).toBe('unhealthy');
    expect(healthOf({ ...known, health: 'healthy', check: results('ppf', end) }, end)).toBe('degraded');
  });

  test.each<[string, string, number, number, Health | 'as it is']>([
    ['has passed since', 'pp', 1, 2, 'as it is'],
    ['has failed since', 'ppf', 1, 2, 'unhealthy'],
    ['passed before, and had no time yet', 'pp', -10_000, 60_000, 'as it is'],
    ['passed before, and not in two intervals', 'pp', -10_000, 60_001, 'unhealthy'],
    ['has passed since, and then fell silent', 'pp', 1, 150_002, 'unhealthy'],
    ['failed at its very end, and not since', 'ppf', 0, 1, 'degraded'],
  ])('evicts nobody whose check %s … or does', (_, letters, checkedAt, now, health) => {
    const check = results(letters, end + checkedAt);
    const known = { health: 'healthy', declared: http, beat: beating(2), check, evict: true } as const;
    expect(healthOf(known, end + now)).toBe(health);
  });

  const well = { suspected: false, unsaved: 0 };

  test.each<[string, Partial<Rounds>, Health | 'as it is']>([
    ['have looked since', { http: { ...well, at: end + 30_001 } }, 'unhealthy'],
    ['have looked too soon', { http: { ...well, at: end + 30_000 } }, 'as it is'],
    ['are doubted', { http: { ...well, at: end + 30_001, suspected: true } }, 'as it is'],
    ['could not keep it all', { http: { ...well, at: end + 30_001, unsaved: 1 } }, 'as it is'],
    ['never looked', {}, 'as it is'],
    ['look after others', { ecs: { ...well, at: end + 30_001 } }, 'as it is'],
  ])('evicts whom its check does not see, if those who check %s', (_, rounds, health) => {
    const known = { health: 'healthy', declared: http, beat: beating(2), evict: true, rounds } as const;
    expect(healthOf(known, end + 60_001)).toBe(health);
  });

  test('gives the check an interval again after each time that it has seen the agent', () => {
    const check = results('pp', end + 600_000);
    const known = { health: 'healthy', declared: http, beat: beating(2), check, evict: true } as const;
    const rounds = (at: number) => ({ http: { ...well, at: end + 600_000 + at } });
    expect(healthOf({ ...known, rounds: rounds(30_000) }, end + 9_999_999)).toBe('as it is');
    expect(healthOf({ ...known, rounds: rounds(30_001) }, end + 9_999_999)).toBe('unhealthy');
  });

  test('brings nobody back whose check has not passed once since it failed', () => {
    const known = { health: 'unhealthy', declared: http, beat: beating(2) } as const;
    expect(healthOf({ ...known, check: results('ppff', end) }, end)).toBe('as it is');
    expect(healthOf({ ...known, check: results('ppfffp', end) }, end)).toBe('as it is');
    expect(healthOf({ ...known, check: results('ppfffpp', end) }, end)).toBe('healthy');
  });
});

describe('whoever comes back', () => {
  const ill = beating(3, { status: 'unhealthy' });
  const rising = foldBeat(ill, { at: START, ttl: 90, status: 'healthy' });
  const partial = foldBeat(ill, { at: START, ttl: 90, status: 'degraded' });
  const loaded = beating(2, { metrics: { memoryUsage: 0.95 } });

  test.each<[string, Partial<Evidence>]>([
    ['by its beats', { beat: rising }],
    ['by its check', { declared: http, check: results('fffp') }],
    ['by its beats, though its check fails', { declared: http, beat: rising, check: results('fff') }],
    ['by its check, though its beats fail', { declared: http, beat: ill, check: results('fffp') }],
    ['by its beats, and its check is well', { declared: http, beat: rising, check: results('pp') }],
    ['by both', { declared: http, beat: rising, check: results('fffp') }],
  ])('%s, is waited for until the second success', (_, known) => {
    expect(healthOf({ health: 'unhealthy', ...known })).toBe('as it is');
    expect(verdictOn(evidence({ health: 'unhealthy', ...known }), START)).toBeUndefined();
  });

  test.each<[string, Partial<Evidence>]>([
    ['its beats are degraded', { beat: partial }],
    ['its check is degraded', { declared: http, check: results('fffh') }],
    ['its check is degraded, though its beats come back', { declared: http, beat: rising, check: results('fffh') }],
    ['its check fails on', { declared: http, beat: beating(2), check: results('fff') }],
    ['its beats fail on', { declared: http, beat: ill, check: results('fffpp') }],
    ['it breaks a limit', { declared: { resourceCheck: {} }, beat: loaded }],
  ])('and stays degraded because %s is told so at once', (_, known) => {
    expect(healthOf({ health: 'unhealthy', ...known })).toBe('degraded');
  });

  test('from degraded, or from nothing known, waits for nobody', () => {
    expect(healthOf({ health: 'unknown', beat: rising })).toBe('degraded');
    expect(healthOf({ health: 'healthy', declared: http, check: results('fffp') })).toBe('degraded');
  });
});

describe('damping', () => {
  test('worse is told at once', () => {
    const known = { since: START, beat: beating(3, { status: 'unhealthy' }) };
    expect(healthOf({ ...known, health: 'healthy' })).toBe('unhealthy');
    expect(healthOf({ ...known, health: 'degraded' })).toBe('unhealthy');
    expect(healthOf({ since: START, health: 'healthy', beat: beating(1, { status: 'degraded' }) })).toBe('degraded');
  });

  test.each<Health>(['unhealthy', 'degraded'])('better waits for a minute since it became %s', (health) => {
    const beat = beating(2);
    expect(healthOf({ health, beat, since: START - DAMPING_MS + 1 })).toBe('as it is');
    expect(healthOf({ health, beat, since: START - DAMPING_MS })).toBe('healthy');
  });

  test('whoever was unknown waits for nothing, nor does who becomes so', () => {
    expect(healthOf({ health: 'unknown', since: START, beat: beating(2) })).toBe('healthy');
    expect(healthOf({ health: 'unhealthy', undeclared: true, since: START })).toBe('unknown');
  });

  const step = fc.record({
    pause: fc.integer({ min: 1, max: 60 }),
    status: fc.constantFrom('healthy' as const, 'degraded' as const, 'unhealthy' as const),
  });

  /** An agent's life by its beats alone, judged at each of them. */
  function* lived(steps: readonly { readonly pause: number; readonly status: SaidBeat['status'] }[]) {
    let [health, since, beat]: [Health, number, Beat] = ['unknown', START, aBeat()];
    let now = START;
    for (const { pause, status } of steps) {
      now += pause * 1_000;
      beat = foldBeat(beat, { at: now, ttl: 90, status });
      const to: Health = judge(evidence({ health, since, beat }), now)?.health ?? health;
      yield { now, from: health, to, sinceChange: now - since };
      if (to !== health) [health, since] = [to, now];
    }
  }

  test('lets no agent come up within a minute of another change, and so never twice, however it flaps', () => {
    const isUp = (from: Health, to: Health) =>
      /^(unhealthy (degraded|healthy)|degraded healthy)$/.test(`${from} ${to}`);
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 40 }), (steps) => {
        const rises = [...lived(steps)].filter(({ from, to }) => isUp(from, to));
        for (const { sinceChange } of rises) expect(sinceChange).toBeGreaterThanOrEqual(60_000);
        const times = rises.map(({ now }) => now);
        for (const [n, now] of times.slice(1).entries()) expect(now - (times[n] ?? 0)).toBeGreaterThanOrEqual(60_000);
      }),
      { numRuns: 300 },
    );
  });

  test('holds back no third failure in a row, and no second success a minute after the last change', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 3, maxLength: 40 }), (steps) => {
        const said = steps.map(({ status }) => status);
        for (const [n, { to, sinceChange }] of [...lived(steps)].entries()) {
          const last = (count: number) => new Set(n + 1 < count ? [] : said.slice(n + 1 - count, n + 1));
          if (last(3).size === 1 && last(3).has('unhealthy')) expect(to).toBe('unhealthy');
          if (last(2).size === 1 && last(2).has('healthy') && sinceChange >= 60_000) expect(to).toBe('healthy');
        }
      }),
      { numRuns: 300 },
    );
  });
});
