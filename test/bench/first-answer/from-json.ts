import { readFileSync } from 'node:fs';
import type { AgentDigest } from '../../../lambdas/agents/digest-schema.ts';
import { NaiveIndex } from '../../support/naive-index.ts';
import { answer } from './answer.ts';

/** As one would begin: all agents from a file of JSON into maps of sets. */
export function firstAnswer(path: string, capabilities: readonly string[]): string {
  const index = new NaiveIndex();
  for (const digest of JSON.parse(readFileSync(path, 'utf8')) as AgentDigest[]) index.set(digest);
  return answer(index, capabilities);
}
