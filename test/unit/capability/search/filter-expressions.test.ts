import { describe, expect, test } from '@jest/globals';
import { deriveStatus, HEALTHS, type OperatorMode } from '../../../../lambdas/agents/status.ts';
import { CapabilityIndex } from '../../../../lambdas/capability/index/capability-index.ts';
import {
  isTool,
  STATUS_WORDS,
  withPriorityFrom,
  withStatus,
  withTool,
} from '../../../../lambdas/capability/search/filter-expressions.ts';
import { aDigest } from '../../../support/agents.ts';

const MODES: readonly OperatorMode[] = ['enabled', 'maintenance', 'disabled'];

/** One agent of every combination. */
const everybody = MODES.flatMap((operatorMode) =>
  HEALTHS.map((health) => aDigest({ id: `${operatorMode}-${health}`, operatorMode, health })),
);

describe('a word of status', () => {
  const index = new CapabilityIndex();
  for (const digest of everybody) index.set(digest);

  test.each(STATUS_WORDS)('%s finds whoever has it', (word) => {
    const having = everybody.filter((digest) => Object.values(deriveStatus(digest)).includes(word));

    expect(index.ids(withStatus(word))).toEqual(having.map(({ id }) => id).sort());
  });

  test('divides all agents into those who may be routed to, and into what they do', () => {
    const total = (words: readonly string[]) =>
      STATUS_WORDS.filter((word) => words.includes(word)).reduce((sum, word) => sum + index.count(withStatus(word)), 0);

    expect(total(['available', 'degraded', 'unavailable'])).toBe(everybody.length);
    expect(total(['active', 'idle', 'error', 'maintenance'])).toBe(everybody.length);
  });
});

test('a least priority finds whoever has it, or a higher one', () => {
  const index = new CapabilityIndex();
  for (let priority = 1; priority <= 10; priority += 1) index.set(aDigest({ id: String(priority), priority }));

  for (let least = 1; least <= 10; least += 1) expect(index.count(withPriorityFrom(least))).toBe(11 - least);
  expect(index.ids(withPriorityFrom(9))).toEqual(['10', '9']);
});

describe('a tool', () => {
  const lists: Readonly<Record<string, readonly string[] | undefined>> = {
    all: ['*'],
    git: ['mcp__git__push', 'mcp__git__pull'],
    inherits: undefined,
    none: [],
    wild: ['mcp__git__*'],
  };
  const index = new CapabilityIndex();
  for (const [id, tools] of Object.entries(lists)) index.set(aDigest({ id, ...(tools && { tools: [...tools] }) }));

  test.each([
    ['mcp__git__push', ['all', 'git']],
    ['mcp__git__*', ['all', 'git', 'wild']],
    ['mcp__*', ['all', 'git', 'wild']],
    ['mcp__slack__*', ['all']],
    ['**', ['all']],
    ['*', ['all']],
    ['push', ['all']],
  ])('%s is had by %j', (tool, ids) => {
    expect(index.ids(withTool(tool, index))).toEqual(ids);
  });

  test.each(['mcp__git__push', 'mcp__*', '*', 'm*', 'x'])('%s is told of the same agents one by one', (asked) => {
    const having = Object.keys(lists).filter((id) => lists[id]?.some((tool) => isTool(tool, asked)));

    expect(index.ids(withTool(asked, index))).toEqual(having);
  });
});
