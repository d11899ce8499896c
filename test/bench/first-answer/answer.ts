import type { CapabilityIndex } from '../../../lambdas/capability/index/capability-index.ts';
import { termsOf } from '../../../lambdas/capability/index/expression.ts';
import type { NaiveIndex } from '../../support/naive-index.ts';

/** Agents on a page. */
const LIMIT = 50;

/** One search: who can do all of this, the first page of them in full, as JSON. */
export function answer(index: CapabilityIndex | NaiveIndex, capabilities: readonly string[]): string {
  const { ids, total } = index.page({ all: termsOf('capability', capabilities) }, { limit: LIMIT });
  return JSON.stringify({ agents: ids.map((id) => index.get(id)), total });
}
