import type { Beat } from '../beats/beat.ts';
import type { Paced } from './effective-interval.ts';

/** What an agent declares under `monitoring`, as far as its health depends on it. */
export interface DeclaredChecks {
  readonly healthCheck?: Paced;
  /** Upper bounds, themselves out of bounds. Left out: {@link RESOURCE_LIMITS}. */
  readonly resourceCheck?: { readonly memoryUsage?: number; readonly cpuUsage?: number; readonly taskQueue?: number };
  /** Names of what the agent tests by itself, such as `mcpConnections`. */
  readonly functionalityTest?: readonly string[];
}

/** First specification, "Agent Health Checks": memory < 90 % of what is allocated, cpu < 80 %, fewer than 100 pending. */
export const RESOURCE_LIMITS = { memoryUsage: 0.9, cpuUsage: 0.8, taskQueue: 100 } as const;

/** What an agent may call a check that went well. */
const WELL: ReadonlySet<string> = new Set(['healthy', 'ok', 'pass', 'passed', 'up']);

/** Agents write names as either specification does: `memory_usage` is `memoryUsage`. */
const plain = (name: string): string => name.replaceAll('_', '').toLowerCase();

/** What a beat says against an agent beside its status. */
export interface Breach {
  readonly reason: 'RESOURCE_LIMIT' | 'FUNCTIONALITY';
  readonly because: string;
}

function overLimit({ resourceCheck }: DeclaredChecks, { metrics = {} }: Beat): Breach | undefined {
  if (resourceCheck === undefined) return undefined;
  const told = new Map(Object.entries(metrics).map(([name, value]) => [plain(name), value]));
  for (const [name, limit] of Object.entries({ ...RESOURCE_LIMITS, ...resourceCheck })) {
    const value = told.get(plain(name));
    if (value !== undefined && value >= limit) {
      return {
        reason: 'RESOURCE_LIMIT',
        because: `heartbeat: ${name} ${value} is not below ${limit} (RESOURCE_LIMIT)`,
      };
    }
  }
  return undefined;
}

function notWorking({ functionalityTest = [] }: DeclaredChecks, { checks = [] }: Beat): Breach | undefined {
  const tested = new Set(functionalityTest.map(plain));
  const bad = checks.find(({ name, status }) => tested.has(plain(name)) && !WELL.has(status.toLowerCase()));
  return bad && { reason: 'FUNCTIONALITY', because: `heartbeat: ${bad.name} is ${bad.status} (FUNCTIONALITY)` };
}

/**
 * What of an agent's declared limits and tests its beat breaks, the first of it. What a beat does not speak of is not
 * broken. Pure.
 */
export const breachOf = (declared: DeclaredChecks, beat: Beat): Breach | undefined =>
  overLimit(declared, beat) ?? notWorking(declared, beat);
