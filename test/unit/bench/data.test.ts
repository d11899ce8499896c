import { describe, expect, test } from '@jest/globals';
import { agents, drawCapabilities, questionsRandom } from '../../bench/data.ts';
import { QUESTIONS } from '../../bench/questions.ts';
import { ACTIONS, CAPABILITIES, DOMAINS, TOOLS } from '../../bench/vocabulary.ts';

const SOME = [...agents(4_000)];
const share = (matches: (agent: (typeof SOME)[number]) => boolean): number => SOME.filter(matches).length / SOME.length;
const lengths = (list: (agent: (typeof SOME)[number]) => readonly string[] | undefined): number[] =>
  [...new Set(SOME.map((agent) => list(agent)?.length ?? -1))].sort((a, b) => a - b);

describe('the agents of the benchmark', () => {
  test('are the same every time, and each size begins with the smaller ones', () => {
    expect([...agents(4_000)]).toEqual(SOME);
    expect([...agents(50)]).toEqual(SOME.slice(0, 50));
  });

  test('have ids of their own, in no order', () => {
    const ids = SOME.map(({ id }) => id);
    const rising = ids.filter((id, n) => id > (ids[n - 1] ?? '')).length;

    expect(new Set(ids).size).toBe(ids.length);
    expect(rising / ids.length).toBeGreaterThan(0.3);
    expect(rising / ids.length).toBeLessThan(0.7);
  });

  test('have as many terms as they should, none of them twice', () => {
    expect(lengths(({ capabilities }) => capabilities)).toEqual([3, 4, 5, 6]);
    expect(lengths(({ domains }) => domains)).toEqual([1, 2]);
    expect(lengths(({ actions }) => actions)).toEqual([2, 3, 4]);
    expect(lengths(({ tools }) => tools)).toEqual([-1, 2, 3, 4, 5, 6]);
    expect(SOME.every(({ capabilities }) => new Set(capabilities).size === capabilities.length)).toBe(true);
  });

  test('are as healthy, enabled and complete as they should be', () => {
    expect(share(({ health }) => health === 'healthy')).toBeCloseTo(0.85, 1);
    expect(share(({ health }) => health === 'unknown')).toBeCloseTo(0.05, 1);
    expect(share(({ operatorMode }) => operatorMode === 'enabled')).toBeCloseTo(0.96, 1);
    expect(share(({ tools }) => tools === undefined)).toBeCloseTo(0.1, 1);
    expect(share(({ priority }) => priority >= 7)).toBeCloseTo(0.4, 1);
  });
});

test('there are as many words of each kind as were asked for, all different', () => {
  const counts = [CAPABILITIES, DOMAINS, ACTIONS, TOOLS].map((words) => new Set(words).size);

  expect(counts).toEqual([500, 50, 2_000, 20]);
  expect(TOOLS).toContain('Bash');
});

test("draws follow Zipf's law: the second half as often as the first, the tenth a tenth", () => {
  const drawn = drawCapabilities(questionsRandom('zipf'), 60_000, 1).flat();
  const times = (rank: number) => drawn.filter((word) => word === CAPABILITIES[rank - 1]).length;

  expect(times(2) / times(1)).toBeCloseTo(1 / 2, 1);
  expect(times(10) / times(1)).toBeCloseTo(1 / 10, 1);
  expect(times(1) / drawn.length).toBeCloseTo(0.147, 2);
});

describe('a round of changes', () => {
  const round = QUESTIONS['change-capabilities'](4_000);
  const half = round.length / 2;

  test('exchanges one or two capabilities of each, and leaves all as they were', () => {
    const before = new Map(SOME.map((agent) => [agent.id, agent]));
    const exchanged = round
      .slice(0, half)
      .map(({ id, capabilities }) => capabilities.filter((one) => !before.get(id)?.capabilities.includes(one)).length);

    expect(new Set(exchanged)).toEqual(new Set([1, 2]));
    expect(round.slice(half)).toEqual(round.slice(0, half).map(({ id }) => before.get(id)));
  });

  test('never touches the agent that is changed between rounds', () => {
    expect(round.map(({ id }) => id)).not.toContain(SOME.at(-1)?.id);
  });
});
