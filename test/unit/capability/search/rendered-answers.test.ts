import { describe, expect, test } from '@jest/globals';
import { MAX_KEPT, RenderedAnswers } from '../../../../lambdas/capability/search/rendered-answers.ts';

/** Answers over something whose version a test turns; each answer tells how many were made before it. */
function answering() {
  let made = 0;
  const world = { version: 1 };
  const answers = new RenderedAnswers(() => world.version);
  const ask = (question: string, padding = '') => answers.render(question, () => ({ answer: ++made, padding }));
  return { world, answers, ask };
}

const numberOf = async (text: Promise<string>): Promise<number> => JSON.parse(await text).answer;

describe('answers', () => {
  test('are made once for each question', async () => {
    const { ask } = answering();

    expect([await numberOf(ask('a')), await numberOf(ask('b')), await numberOf(ask('a'))]).toEqual([1, 2, 1]);
    expect(await ask('a')).toBe('{"answer":1,"padding":""}');
  });

  test('are made anew when something has changed', async () => {
    const { ask, world } = answering();
    await ask('a');
    world.version = 2;

    expect([await numberOf(ask('b')), await numberOf(ask('a')), await numberOf(ask('a'))]).toEqual([2, 3, 3]);
  });

  test('are not kept when something changed while they were made', async () => {
    const { answers, ask, world } = answering();
    const text = await answers.render('a', async () => {
      world.version = 2;
      return { answer: 'old' };
    });

    expect(text).toBe('{"answer":"old"}');
    expect(await numberOf(ask('a'))).toBe(1);
  });

  test('are not kept when they are refused', async () => {
    const { answers, ask } = answering();
    const refused = answers.render('a', () => {
      throw new Error('no');
    });

    await expect(refused).rejects.toThrow('no');
    expect(await numberOf(ask('a'))).toBe(1);
  });

  test('are forgotten, the longest unasked first, when they take more than there is room for', async () => {
    const { ask } = answering();
    const third = 'x'.repeat(MAX_KEPT / 3);
    await ask('a', third);
    await ask('b', third);
    await ask('a', third);
    await ask('c', third);

    expect(await numberOf(ask('a', third))).toBe(1);
    expect(await numberOf(ask('b', third))).toBe(4);
  });
});
