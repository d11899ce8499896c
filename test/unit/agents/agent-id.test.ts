import { describe, expect, test } from '@jest/globals';
import { validateAgentId } from '../../../lambdas/agents/agent-id.ts';
import { validateAgentDocument } from '../../../lambdas/agents/validate-agent.ts';
import { brokenRules } from '../../support/errors.ts';

describe('an agent id', () => {
  test.each(['a', '0', 'calendar-agent', 'a.b_c-d', 'x'.repeat(128)])('may be %s', (id) => {
    expect(validateAgentId(id)).toBe(id);
  });

  test.each([undefined, '', 'A', '-a', '.a', 'a..b', 'a/b', 'a b', 'é', 'a\n', 'x'.repeat(129), '../etc'])(
    'may not be %j',
    (id) => {
      expect(brokenRules(() => validateAgentId(id))).toEqual(['id pattern']);
      if (id !== undefined) expect(brokenRules(() => validateAgentDocument({ name: 'a', id }))).toEqual(['id pattern']);
    },
  );
});
