import type { AgentDigest } from '../../agents/digest-schema.ts';
import { isTool } from './filter-expressions.ts';
import { filtersOf, type SearchQuestion } from './search-question.ts';
import type { MatchExplanation } from './search-schema.ts';
import type { TextHit } from './text-search.ts';

const common = (held: readonly string[], asked: readonly string[]): string[] =>
  held.filter((term) => asked.includes(term));

/** Three digits tell apart what people compare. */
const rounded = (score: number): number => Math.round(score * 1_000) / 1_000;

/** Why an agent was found: what it has of what was asked for, and nothing else. */
export function explainMatch(agent: AgentDigest, question: SearchQuestion, hit: TextHit | undefined): MatchExplanation {
  const { tools = [] } = agent;
  return {
    capabilities: common(agent.capabilities, question.capabilities),
    domains: common(agent.domains, question.domains),
    actions: common(agent.actions, question.actions),
    tools: tools.filter((tool) => question.tools.some((asked) => isTool(tool, asked))),
    filters: filtersOf(question),
    text: [...(hit?.terms ?? [])].sort(),
    ...(hit && { score: rounded(hit.score) }),
  };
}
