import { type FieldError, ValidationError } from '../../shared/errors.ts';
import type { Expression, Kind } from '../index/expression.ts';
import {
  type KnownTerms,
  STATUS_WORDS,
  type StatusWord,
  withPriorityFrom,
  withStatus,
  withTool,
} from './filter-expressions.ts';

/** One filter of the list: what may be asked, and who passes. */
interface Filter {
  /** What is wrong with a value; `undefined`: nothing. */
  readonly problem?: (value: string) => string | undefined;
  readonly expression: (value: string, index: KnownTerms) => Expression;
}

/** Either vocabulary under either name (ARCHITECTURE, "Two vocabularies of status"). */
const statusFilter: Filter = {
  problem: (value) =>
    (STATUS_WORDS as readonly string[]).includes(value) ? undefined : `must be one of ${STATUS_WORDS.join(', ')}`,
  expression: (value) => withStatus(value as StatusWord),
};

const termFilter = (kind: Kind): Filter => ({ expression: (value) => ({ term: [kind, value] }) });

/** The filters of CONTRACT.md ("List"), by the name of their parameter. */
const FILTERS = {
  status: statusFilter,
  state: statusFilter,
  type: termFilter('type'),
  priority: {
    problem: (value) => (/^([1-9]|10)$/.test(value) ? undefined : 'must be a whole number from 1 to 10'),
    expression: (value) => withPriorityFrom(Number(value)),
  },
  tools: { expression: withTool },
  capability: termFilter('capability'),
  domain: termFilter('domain'),
  action: termFilter('action'),
} as const satisfies Record<string, Filter>;

/** Names of the filters. */
export const FILTER_NAMES = Object.keys(FILTERS) as readonly (keyof typeof FILTERS)[];

/** What is asked for, in a form that is the same for the same question. */
export interface AgentFilter {
  /** Whoever passes; of nothing asked: everybody. */
  readonly expression: (index: KnownTerms) => Expression;
  /** Canonical text of the filters, for cursors. */
  readonly key: string;
}

/**
 * Reads the filters of a query. Filters AND together; commas inside one mean all.
 *
 * @throws ValidationError naming each filter that cannot be
 */
export function parseAgentFilter(query: Readonly<Record<string, string | undefined>>): AgentFilter {
  const errors: FieldError[] = [];
  const given = FILTER_NAMES.flatMap((name) => {
    const values = query[name]?.split(',').map((value) => value.trim()) ?? [];
    return [...new Set(values)].sort().map((value) => ({ name, value, filter: FILTERS[name] as Filter }));
  });
  for (const { name, value, filter } of given) {
    const problem = value === '' ? 'must not be empty' : filter.problem?.(value);
    if (problem) errors.push({ field: name, rule: 'filter', message: problem });
  }
  if (errors.length > 0) throw new ValidationError(errors);
  return {
    expression: (index) => ({ all: given.map(({ value, filter }) => filter.expression(value, index)) }),
    key: JSON.stringify(given.map(({ name, value }) => [name, value])),
  };
}
