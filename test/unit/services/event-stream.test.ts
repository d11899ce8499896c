import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { EventStream } from '../../../lambdas/services/event-stream.ts';

/** The data of all events, when the text comes in parts of so many bytes. */
function dataOf(text: string, size = Number.POSITIVE_INFINITY): string[] {
  const stream = new EventStream();
  const bytes = Buffer.from(text);
  const data: string[] = [];
  for (let start = 0; start < bytes.length; start += size)
    data.push(...stream.read(bytes.subarray(start, start + size)));
  return data;
}

describe('a stream of events', () => {
  test.each([
    ['data: a\n\n', ['a']],
    ['data:a\n\ndata:  b\n\n', ['a', ' b']],
    ['event: message\nid: 1\ndata: a\ndata: b\n\n', ['a\nb']],
    [': a comment\n\nretry: 3\n\ndata: é\n\n', ['é']],
    ['data: a\r\n\r\ndata: b\r\rdata: c\n\n', ['a', 'b', 'c']],
    ['data: not ended yet', []],
    ['data: not ended yet\n', []],
    ['database: x\n\n', []],
    ['', []],
  ])('has the data of its events: %j', (text, data) => {
    expect(dataOf(text)).toEqual(data);
  });

  test('is the same in whichever parts it comes', () => {
    const line = fc.constantFrom('data: é', 'data:x', ': c', 'event: m', '', '', '💡', 'data: {"a":1}');
    const end = fc.constantFrom('\n', '\r\n', '\r');
    const text = fc.array(fc.tuple(line, end), { maxLength: 12 }).map((lines) => `${lines.flat().join('')}\n`);
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 7 }), (all, size) => {
        expect(dataOf(all, size)).toEqual(dataOf(all));
      }),
    );
  });
});
