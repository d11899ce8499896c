import { expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { detailOf } from '../../../lambdas/agents/lifecycle-event.ts';
import { LifecycleDetail } from '../../../lambdas/agents/lifecycle-schema.ts';
import { aChange, aDigest } from '../../support/agents.ts';

test('an event tells of a change by the fields of the contract, and the log id stays here', () => {
  const change = aChange({ id: 'a', revision: 7, tools: ['Read'] }, { changedFields: ['config.tools'], id: 'ulid' });

  expect(detailOf(change)).toEqual({
    version: 1,
    eventId: 'a#7',
    agentId: 'a',
    revision: 7,
    at: change.at,
    actor: 'tester',
    reason: 'tested',
    changedFields: ['config.tools'],
    digest: aDigest({ id: 'a', revision: 7, tools: ['Read'] }),
  });
});

test('an event fits the schema that consumers are given', () => {
  const ajv = addFormats.default(new Ajv2020(), ['date-time', 'uri']);
  const fits = ajv.compile(LifecycleDetail);

  const monitoring = { healthCheck: { type: 'ecs' as const, cluster: 'c', service: 's' }, resourceCheck: {} };

  expect(fits(detailOf(aChange({ tools: [], monitoring })))).toBe(true);
  expect(fits(detailOf(aChange()))).toBe(true);
  expect(fits({ ...detailOf(aChange()), version: 2 })).toBe(false);
  expect(fits({ ...detailOf(aChange()), id: 'of the log' })).toBe(false);
});
