import { expect, test } from '@jest/globals';
import { describeAgent } from '../../../lambdas/agents/agent.ts';
import { activityFrom } from '../../../lambdas/health/activity.ts';
import type { Beat } from '../../../lambdas/health/beats/beat.ts';
import type { KeptResults } from '../../../lambdas/health/check-results.ts';
import { isoTime } from '../../../lambdas/shared/clock.ts';
import { aDocument, aRecord, clockAt, START } from '../../support/agents.ts';
import { aBeat, results } from '../../support/health.ts';

const MINUTE = 60_000;

/** What is told, ten minutes after START, of an agent with a check that was registered some minutes after START. */
function toldOf({ beat, check, registered = 0 }: { beat?: Beat; check?: KeptResults; registered?: number }) {
  const monitoring = { healthCheck: { type: 'http' as const, url: 'https://a.example/health' } };
  const createdAt = isoTime(START + registered * MINUTE);
  const activityOf = activityFrom({
    beats: { read: async () => beat },
    checks: { find: async (kind) => (kind === 'http' ? check : undefined) },
    clock: clockAt(START + 10 * MINUTE),
  });
  return activityOf(describeAgent(aRecord(aDocument({ monitoring }), { createdAt })));
}

test('the newest of beat and check tells when an agent was last looked at, to the minute', async () => {
  const beat = aBeat({ at: START + 5 * MINUTE + 20_000, ttl: 90 });

  expect(await toldOf({ beat, check: results('p', START + 7 * MINUTE + 10_000) })).toEqual({
    lastActivity: isoTime(START + 5 * MINUTE),
    lastHealthCheck: isoTime(START + 7 * MINUTE),
  });
  expect(await toldOf({ beat, check: results('p', START + 2 * MINUTE) })).toEqual({
    lastActivity: isoTime(START + 5 * MINUTE),
    lastHealthCheck: isoTime(START + 5 * MINUTE),
  });
});

test('what was found in an earlier life of the agent is not told of this one', async () => {
  const check = results('ppp', START + 4 * MINUTE);

  expect(await toldOf({ check, registered: 6 })).toEqual({ lastActivity: null, lastHealthCheck: null });
  expect(await toldOf({ check, registered: 4 })).toEqual({
    lastActivity: null,
    lastHealthCheck: isoTime(START + 4 * MINUTE),
  });
});
