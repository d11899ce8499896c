import { readFileSync } from 'node:fs';
import { openBase } from '../../../lambdas/capability/base/base-store.ts';
import { answer } from './answer.ts';

/** As a cold reader begins: from a base snapshot, whose hash is in its name. */
export function firstAnswer(path: string, capabilities: readonly string[]): string {
  const hash = path.split('-').at(-1) ?? '';
  const { index } = openBase({ bytes: readFileSync(path), hash }, 0);
  return answer(index, capabilities);
}
