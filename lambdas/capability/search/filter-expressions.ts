import { STATES, STATUSES, type State, type Status } from '../../agents/status.ts';
import type { CapabilityIndex } from '../index/capability-index.ts';
import { type Expression, termsOf } from '../index/expression.ts';

/** The part of an index that knows which terms there are. */
export type KnownTerms = Pick<CapabilityIndex, 'terms'>;

const isEnabled: Expression = { term: ['operatorMode', 'enabled'] };
const isHealthy: Expression = { term: ['health', 'healthy'] };
const isDegraded: Expression = { term: ['health', 'degraded'] };
const isUnhealthy: Expression = { term: ['health', 'unhealthy'] };
const isUnknown: Expression = { term: ['health', 'unknown'] };
const isStopped: Expression = { any: termsOf('operatorMode', ['maintenance', 'disabled']) };

/** `deriveStatus` as expressions: who has each status or state. */
const STATUS_EXPRESSIONS: Readonly<Record<Status | State, Expression>> = {
  available: { all: [isEnabled, { any: [isHealthy, isUnknown] }] },
  degraded: { all: [isEnabled, isDegraded] },
  unavailable: { any: [isStopped, isUnhealthy] },
  // Nobody runs tasks yet.
  active: { any: [] },
  idle: { all: [isEnabled, { any: [isHealthy, isDegraded, isUnknown] }] },
  error: { all: [isEnabled, isUnhealthy] },
  maintenance: isStopped,
};

/** Every word of the two vocabularies of status (ARCHITECTURE, "Two vocabularies of status"). */
export const STATUS_WORDS = [...STATUSES, ...STATES] as const;
export type StatusWord = (typeof STATUS_WORDS)[number];

/** What narrows a search besides its lists and its text. */
export const SEARCH_FILTERS = ['type', 'minPriority', 'status', 'healthyOnly'] as const;
export type SearchFilter = (typeof SEARCH_FILTERS)[number];

/** Whoever has a status, or a state. */
export const withStatus = (word: StatusWord): Expression => STATUS_EXPRESSIONS[word];

/** Whoever is known to work. */
export const healthyOnes = isHealthy;

/** Whoever has at least this priority, 1 to 10. */
export const withPriorityFrom = (least: number): Expression => ({
  any: termsOf(
    'priority',
    Array.from({ length: 11 - least }, (_, n) => String(least + n)),
  ),
});

/** What `mcp__github__*` begins with. `*` alone is the tool of that name: whoever lists it may use all. */
const prefixOf = (tool: string): string | undefined =>
  tool.length > 1 && tool.endsWith('*') ? tool.slice(0, -1) : undefined;

/** Whether a tool that an agent lists is the one that is asked for, or a `prefix*` of it, or stands for all. */
export function isTool(listed: string, asked: string): boolean {
  const prefix = prefixOf(asked);
  return listed === '*' || (prefix === undefined ? listed === asked : listed.startsWith(prefix));
}

/** Whoever lists a tool, or one that begins so where it is a `prefix*`, or lists `*`. Who inherits tools lists none. */
export function withTool(asked: string, index: KnownTerms): Expression {
  const prefix = prefixOf(asked);
  const named = prefix === undefined ? [asked] : index.terms('tool', prefix);
  return { any: termsOf('tool', [...new Set(['*', ...named])]) };
}
