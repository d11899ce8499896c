import { describe, expect, test } from '@jest/globals';
import { describeAgent } from '../../../lambdas/agents/agent.ts';
import type { AgentDocument } from '../../../lambdas/agents/agent-schema.ts';
import { digestOf, MAX_DESCRIPTION, MAX_DIGEST_BYTES, MAX_TERM_BYTES } from '../../../lambdas/agents/digest.ts';
import { aRecord } from '../../support/agents.ts';
import { brokenRules } from '../../support/errors.ts';

const digested = (document: Partial<AgentDocument>) => digestOf(describeAgent(aRecord({ name: 'a', ...document })));

describe('a digest', () => {
  test('holds what an agent is found by', () => {
    const document: Partial<AgentDocument> = {
      type: 'core',
      capabilities: { core: ['x', 'y'], enhancements: ['z', 'x'], domains: ['d', 'd'], actions: ['act'] },
      config: { priority: 8, tools: ['Read', 'Read', 'Bash'], description: ' Plans days. ' },
      capacity: { maxConcurrent: 3 },
    };

    expect(digested(document)).toEqual({
      id: 'calendar-agent',
      name: 'calendar',
      type: 'core',
      revision: 1,
      operatorMode: 'enabled',
      health: 'unknown',
      priority: 8,
      maxConcurrent: 3,
      capabilities: ['x', 'y', 'z'],
      domains: ['d'],
      actions: ['act'],
      tools: ['Read', 'Bash'],
      description: 'Plans days.',
    });
  });

  test('holds what the registry watches of an agent', () => {
    const watched: AgentDocument['monitoring'] = {
      healthCheck: { type: 'http', url: 'https://agent.example.com/health', protocol: 'a2a' },
      resourceCheck: {},
      functionalityTest: ['toolAccess'],
    };

    expect(digested({ monitoring: { ...watched, metrics: ['requests'] } }).monitoring).toEqual(watched);
  });

  test.each<AgentDocument['monitoring']>([undefined, {}, { metrics: ['requests'] }, { functionalityTest: [] }])(
    'does not speak of monitoring that watches nothing: %j',
    (monitoring) => {
      expect(digested(monitoring ? { monitoring } : {})).not.toHaveProperty('monitoring');
    },
  );

  test('counts what is watched among what it must hold', () => {
    const url = `https://agent.example.com/${'x'.repeat(2_000)}`;
    const actions = Array.from({ length: 10 }, (_, n) => `${'a'.repeat(115)}${n}`);
    const watched = { healthCheck: { type: 'http' as const, url } };

    expect(brokenRules(() => digested({ capabilities: { actions }, monitoring: watched }))).toEqual([
      'capabilities digestSize',
    ]);
    expect(digested({ monitoring: watched })).toMatchObject({ monitoring: watched });
  });

  test('tells an agent without tools from one that inherits all', () => {
    expect(digested({ config: { tools: [] } }).tools).toEqual([]);
    expect(digested({})).not.toHaveProperty('tools');
  });

  test.each([
    ['nothing', undefined, undefined],
    ['only spaces', ' \n ', undefined],
    ['as much as fits', 'x'.repeat(MAX_DESCRIPTION), 'x'.repeat(MAX_DESCRIPTION)],
    ['more than fits, up to the end of a word', `${'word '.repeat(99)}wonderful`, 'word '.repeat(99).trim()],
    ['a word that ends just in time', `${'word '.repeat(98)}wonderful! and`, `${'word '.repeat(98)}wonderful!`],
    ['one endless word', 'x'.repeat(MAX_DESCRIPTION + 1), 'x'.repeat(MAX_DESCRIPTION)],
    ['characters of two units', '😀'.repeat(MAX_DESCRIPTION + 1), '😀'.repeat(MAX_DESCRIPTION)],
  ])('describes the agent by %s', (_, description, kept) => {
    expect(digested({ config: description === undefined ? {} : { description } }).description).toBe(kept);
  });

  test.each([
    ['ASCII', 'word '.repeat(200)],
    ['characters of four bytes', '😀😀 '.repeat(200)],
    ['characters that JSON escapes', '"\\\u0001 '.repeat(200)],
    ['one endless word', '😀'.repeat(600)],
  ])('takes as much of a description of %s as fits beside what it is found by', (_, description) => {
    const actions = [...Array.from({ length: 23 }, (_, n) => `${'a'.repeat(115)}${n}`), 'b'.repeat(125)];
    const { description: kept = '', ...terms } = digested({ capabilities: { actions }, config: { description } });
    const bytes = Buffer.byteLength(JSON.stringify({ ...terms, description: kept }));

    expect(Buffer.byteLength(JSON.stringify(terms))).toBeLessThanOrEqual(MAX_TERM_BYTES);
    expect(bytes).toBeLessThanOrEqual(MAX_DIGEST_BYTES);
    expect(bytes).toBeGreaterThan(MAX_DIGEST_BYTES - 20);
    expect(description.startsWith(kept)).toBe(true);
    expect(kept.isWellFormed()).toBe(true);
  });

  test('refuses what would not fit, rather than losing what the agent is found by', () => {
    const actions = Array.from({ length: 100 }, (_, n) => `an-action-with-a-long-name-${n}`);

    expect(JSON.stringify(actions).length).toBeGreaterThan(MAX_TERM_BYTES);
    expect(brokenRules(() => digested({ capabilities: { actions } }))).toEqual(['capabilities digestSize']);
  });

  test('counts bytes, not characters', () => {
    const actions = Array.from({ length: 20 }, (_, n) => 'é'.repeat(100) + n);

    expect(JSON.stringify(actions).length).toBeLessThan(MAX_TERM_BYTES);
    expect(brokenRules(() => digested({ capabilities: { actions } }))).toEqual(['capabilities digestSize']);
  });
});
