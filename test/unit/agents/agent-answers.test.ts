import { describe, expect, test } from '@jest/globals';
import { describeAgent, etagOf } from '../../../lambdas/agents/agent.ts';
import { agentAnswer, registrationAnswer } from '../../../lambdas/agents/agent-answers.ts';
import { aRecord } from '../../support/agents.ts';

const agent = describeAgent(aRecord());

describe('an agent over HTTP', () => {
  test('is its bare body, with its ETag', () => {
    const { status, headers, body } = agentAnswer(agent);

    expect({ status, headers }).toEqual({ status: 200, headers: { ETag: etagOf(agent) } });
    expect(JSON.parse(body)).toEqual(agent);
  });

  test('is made where it is new, and says where it is found', () => {
    const Location = '/registry/agents/calendar-agent';

    expect(registrationAnswer(agent, true)).toMatchObject({ status: 201, headers: { Location, ETag: etagOf(agent) } });
    expect(registrationAnswer(agent, false)).toMatchObject({ status: 200, headers: { Location } });
  });
});
