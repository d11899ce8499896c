import { STATES, STATUSES } from '../../agents/status.ts';
import { type FieldError, ValidationError } from '../../shared/errors.ts';
import type { ListedAgent } from './listed-agent.ts';

type Test = (agent: ListedAgent) => boolean;

/** One filter of the list: what may be asked, and who passes. */
interface Filter {
  /** What is wrong with a value; `undefined`: nothing. */
  readonly problem?: (value: string) => string | undefined;
  readonly test: (value: string) => Test;
}

const STATUS_WORDS: readonly string[] = [...STATUSES, ...STATES];

/** Either vocabulary under either name (ARCHITECTURE, "Two vocabularies of status"). */
const statusFilter: Filter = {
  problem: (value) => (STATUS_WORDS.includes(value) ? undefined : `must be one of ${STATUS_WORDS.join(', ')}`),
  test: (value) => (agent) => agent.status === value || agent.state === value,
};

/** The filters of CONTRACT.md ("List"), by the name of their parameter. */
const FILTERS = {
  status: statusFilter,
  state: statusFilter,
  type: { test: (value) => (agent) => agent.type === value },
  priority: {
    problem: (value) => (/^([1-9]|10)$/.test(value) ? undefined : 'must be a whole number from 1 to 10'),
    test: (value) => (agent) => agent.priority >= Number(value),
  },
  tools: { test: (value) => (agent) => agent.tools?.some((tool) => tool === value || tool === '*') ?? false },
  capability: { test: (value) => (agent) => agent.capabilities.includes(value) },
  domain: { test: (value) => (agent) => agent.domains.includes(value) },
  action: { test: (value) => (agent) => agent.actions.includes(value) },
} as const satisfies Record<string, Filter>;

/** Names of the filters. */
export const FILTER_NAMES = Object.keys(FILTERS) as readonly (keyof typeof FILTERS)[];

/** What is asked for, in a form that is the same for the same question. */
export interface AgentFilter {
  readonly matches: Test;
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
  const tests = given.map(({ value, filter }) => filter.test(value));
  return {
    matches: (agent) => tests.every((test) => test(agent)),
    key: JSON.stringify(given.map(({ name, value }) => [name, value])),
  };
}
