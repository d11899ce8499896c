import { describe, expect, test } from '@jest/globals';
import { addAssignment } from '../../../bin/cli/assignments.ts';

/** The patch of several `--set`, as it is sent. */
const sent = (...texts: string[]): unknown =>
  JSON.parse(
    JSON.stringify(
      texts.reduce<ReturnType<typeof addAssignment> | undefined>(
        (patch, text) => addAssignment(text, patch),
        undefined,
      ),
    ),
  );

describe('--set path=value', () => {
  test.each([
    ['a number', 'config.priority=9', { config: { priority: 9 } }],
    ['a text', 'type=core', { type: 'core' }],
    ['a text with an equals sign', 'config.description=a=b', { config: { description: 'a=b' } }],
    ['an empty text', 'config.color=', { config: { color: '' } }],
    ['a list', 'config.tools=["Read"]', { config: { tools: ['Read'] } }],
    ['null, which deletes', 'config.color=null', { config: { color: null } }],
  ])('takes %s', (_, text, patch) => {
    expect(sent(text)).toEqual(patch);
  });

  test('adds up', () => {
    expect(sent('config.a.b=1', 'config.a.c=2', 'type=x', 'type=y')).toEqual({
      config: { a: { b: 1, c: 2 } },
      type: 'y',
    });
  });

  test('takes a path into the object model for a key, and touches nothing', () => {
    expect(JSON.stringify(addAssignment('__proto__.polluted=true'))).toBe('{"__proto__":{"polluted":true}}');
    expect({}).not.toHaveProperty('polluted');
  });

  test.each(['x', '=1', 'a..b=1', '.a=1', 'a.=1'])('refuses %s', (text) => {
    expect(() => addAssignment(text)).toThrow('path=value');
  });
});
