import type { AgentRecord, Head, Layer } from '../../lambdas/agents/agent-record.ts';
import type { AgentDocument } from '../../lambdas/agents/agent-schema.ts';
import type { Change } from '../../lambdas/agents/change.ts';
import type { WriteContext } from '../../lambdas/agents/commit-loop.ts';
import type { AgentDigest } from '../../lambdas/agents/digest-schema.ts';
import type { Json } from '../../lambdas/agents/merge.ts';
import { type Registered, registerAgent } from '../../lambdas/agents/register-agent.ts';
import { type Clock, isoTime } from '../../lambdas/shared/clock.ts';
import { createUlidFactory, firstUlidOf } from '../../lambdas/shared/ids.ts';
import { MemoryAgentStore } from './memory-agent-store.ts';

/** The moment at which tests begin. */
export const START = Date.parse('2026-11-21T10:00:00.000Z');

/** A clock whose hands a test turns. */
export interface TestClock extends Clock {
  advance(milliseconds: number): void;
}

export function clockAt(start: number = START): TestClock {
  let time = start;
  return {
    now: () => time,
    advance: (milliseconds) => {
      time += milliseconds;
    },
  };
}

/** What a write needs, in memory, with retries that do not wait. */
export interface TestContext extends WriteContext {
  readonly store: MemoryAgentStore;
  readonly clock: TestClock;
}

/** As many tries as in production, without the waiting. */
export const WITHOUT_WAITING = { retries: 9, minTimeout: 0, maxTimeout: 0 };

export function aContext(overrides: Partial<WriteContext> = {}): TestContext {
  const clock = clockAt();
  return {
    newUlid: createUlidFactory(clock),
    policy: { allowedTools: ['*'], maxAgentMemory: 56 * 1024 ** 3, allowedHosts: [] },
    retries: WITHOUT_WAITING,
    ...overrides,
    store: new MemoryAgentStore(),
    clock,
  };
}

export const aDocument = (overrides: Partial<AgentDocument> = {}): AgentDocument => ({
  name: 'calendar',
  capabilities: { core: ['scheduling'], enhancements: ['analysis'], domains: ['calendar'], actions: ['book'] },
  ...overrides,
});

export const aLayer = (document: Json = aDocument(), overrides: Partial<Layer> = {}): Layer => ({
  source: 'dynamodb',
  origin: null,
  updatedAt: isoTime(START),
  removed: [],
  document,
  ...overrides,
});

export const aHead = (overrides: Partial<Head> = {}): Head => ({
  id: 'calendar-agent',
  revision: 1,
  name: 'calendar',
  health: 'unknown',
  healthSince: isoTime(START),
  owner: 'tester',
  createdAt: isoTime(START),
  lastModified: isoTime(START),
  changeId: firstUlidOf(START),
  incarnation: firstUlidOf(START),
  deleted: false,
  ...overrides,
});

export const aRecord = (document: Json = aDocument(), head: Partial<Head> = {}): AgentRecord => ({
  head: aHead(head),
  layers: [aLayer(document)],
});

export const aDigest = (overrides: Partial<AgentDigest> = {}): AgentDigest => ({
  id: 'calendar-agent',
  name: 'calendar',
  type: 'specialist',
  revision: 1,
  operatorMode: 'enabled',
  health: 'unknown',
  priority: 5,
  maxConcurrent: 10,
  capabilities: ['scheduling'],
  domains: ['calendar'],
  actions: ['book'],
  ...overrides,
});

/** A change of one agent's digest, made at the beginning of the tests unless said otherwise. */
export function aChange(digest: Partial<AgentDigest> = {}, overrides: Partial<Change> = {}): Change {
  const whole = aDigest(digest);
  return {
    id: firstUlidOf(START),
    agentId: whole.id,
    revision: whole.revision,
    type: whole.revision === 1 ? 'AgentRegistered' : 'AgentUpdated',
    at: isoTime(START),
    actor: 'tester',
    reason: 'tested',
    changedFields: [],
    digest: whole,
    ...overrides,
  };
}

/** Registers a document and gives the agent that it became. */
export async function registered(context: WriteContext, document: Partial<AgentDocument> = {}) {
  const outcome: Registered = await registerAgent(context, { document: aDocument(document), actor: 'tester' });
  if ('replayed' in outcome) throw new Error('A registration without a key was answered from memory');
  return outcome.agent;
}
