import { existsSync, globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { validateAgentDocument } from '../../../lambdas/agents/validate-agent.ts';
import { readAgentDocument } from '../../../lambdas/discovery/agent-document.ts';
import { planImport } from '../../../lambdas/discovery/plan-import.ts';

/** Public agents of many authors, laid beside the checkout on machines that have them. */
const CORPORA = '../shared/corpora';

const documentsAt = (pattern: string) =>
  globSync(`${CORPORA}/${pattern}`).map((path) => {
    const text = readFileSync(path, 'utf8');
    return { path, text, read: readAgentDocument(path, text) };
  });

const withCorpora = existsSync(CORPORA) ? describe : describe.skip;

withCorpora(`real agents (skipped where ${CORPORA} is absent)`, () => {
  test.each(['a2a-cards/**/*.json', 'agent-files/wshobson--agents/**/*.md'])(
    'all of %s are agents that the registry takes',
    (pattern) => {
      const documents = documentsAt(pattern);
      expect(documents.length).toBeGreaterThan(30);
      for (const { path, read } of documents) {
        expect({ path, ...read }).toMatchObject({ verdict: 'agent' });
        if (read.verdict === 'agent') expect(() => validateAgentDocument(read.agent)).not.toThrow();
      }
    },
  );

  test('of all files each is an agent, a copy, or neither for a stated reason', () => {
    const plan = planImport(documentsAt('**/*.{json,md}'));
    expect(plan.length).toBeGreaterThan(450);
    for (const { verdict, ...rest } of plan) {
      const told = { agent: 'agent', same: 'of', skipped: 'reason', invalid: 'reason', failed: 'reason' }[verdict];
      expect(rest).toHaveProperty(told);
    }
  });

  test('planning twice gives the same ids, each once', () => {
    const idsOf = (documents: ReturnType<typeof documentsAt>) =>
      planImport(documents).flatMap((plan) => (plan.verdict === 'agent' ? [plan.agent.id] : []));
    const documents = documentsAt('**/*.{json,md}');
    const ids = idsOf(documents);
    expect(new Set(ids).size).toBe(ids.length);
    expect(idsOf(documents.toReversed())).toEqual(ids);
  });
});
