import { PassThrough } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { type Progress, progressLines, progressOnTerminal, tracked } from '../../../bin/local/progress.ts';

const news = (step: string, state: Progress['state'], seconds = 0): Progress => ({ step, state, seconds });

/** A stream that remembers what was written to it. */
function screen(properties: { readonly isTTY: boolean; readonly columns?: number }) {
  const stream = new PassThrough();
  Object.assign(stream, { cursorTo: () => true, clearLine: () => true, moveCursor: () => true }, properties);
  return { stream: stream as unknown as NodeJS.WriteStream, text: () => String(stream.read() ?? '') };
}

describe('a tracked step', () => {
  test('is told of as it starts and is done, and hands on what it made', async () => {
    const told: Progress[] = [];
    expect(
      await tracked(
        'Dig',
        (one) => told.push(one),
        async () => 'hole',
      ),
    ).toBe('hole');
    expect(told.map(({ step, state }) => [step, state])).toEqual([
      ['Dig', 'started'],
      ['Dig', 'done'],
    ]);
  });

  test('is told of as it fails, and hands on why', async () => {
    const told: string[] = [];
    const failing = tracked(
      'Dig',
      ({ state }) => told.push(state),
      async () => {
        throw new Error('rock');
      },
    );
    await expect(failing).rejects.toThrow('rock');
    expect(told).toEqual(['started', 'failed']);
  });
});

describe('progress', () => {
  test('is a line with seconds for each step that ends', () => {
    const lines: string[] = [];
    const onProgress = progressLines((line) => lines.push(line));
    for (const one of [news('Dig', 'started'), news('Dig', 'done', 1.26), news('Plant', 'failed', 20)]) onProgress(one);
    expect(lines).toEqual(['✔ Dig (1.3 s)', '✖ Plant (20.0 s)']);
  });

  test.each([
    ['a file', { isTTY: false }],
    ['a terminal that does not know its width', { isTTY: true, columns: 0 }],
  ])('in %s is those lines and nothing else', (_, properties) => {
    const { stream, text } = screen(properties);
    const onProgress = progressOnTerminal(stream);
    onProgress(news('Dig', 'started'));
    onProgress(news('Dig', 'done', 2));
    expect(text()).toBe('✔ Dig (2.0 s)\n');
  });

  test('on a terminal names what is going on, and moves no more when all is done', () => {
    const { stream, text } = screen({ isTTY: true, columns: 80 });
    const onProgress = progressOnTerminal(stream);
    onProgress(news('Dig', 'started'));
    onProgress(news('Water', 'started'));
    expect(text()).toContain('Dig, Water');
    onProgress(news('Dig', 'done', 2));
    onProgress(news('Water', 'done', 3));
    expect(text()).toMatch(/✔ Water \(3\.0 s\)\n$/);
  });
});
