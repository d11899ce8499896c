import type { AgentDigest } from '../../lambdas/agents/digest-schema.ts';
import { type Expression, termsOf } from '../../lambdas/capability/index/expression.ts';
import { agents, drawCapabilities, questionsRandom } from './data.ts';
import { type Random, Zipf } from './random.ts';
import { CAPABILITIES } from './vocabulary.ts';

/** An agent that is changed, and what is asked then. */
export interface Change {
  readonly digest: AgentDigest;
  /** Of the same agent: running tasks as a share of what it may run. */
  readonly load: number;
  /** Who has this, and is healthy. */
  readonly capability: string;
}

/** One question, or change, of each operation. */
export interface Questions {
  'and2-ids': readonly string[];
  'and3-ids': readonly string[];
  'or3-ids': readonly string[];
  'and-count': { readonly capabilities: readonly string[]; readonly expression: Expression };
  'one-capability': string;
  'tools-priority-vs-sqlite': { readonly tool: string; readonly priority: number; readonly expression: Expression };
  'tools-priority-page': { readonly tool: string; readonly priority: number; readonly expression: Expression };
  'top20-healthy': Change;
  'change-capabilities': AgentDigest;
  'change-then-count': AgentDigest;
  'add-and-remove': { readonly digest: AgentDigest; readonly remove: boolean };
}
export type TimedOperation = keyof Questions;

/** Questions of a round: fewer where the naive index takes seconds for them. */
const roundOf = (size: number): number => {
  if (size <= 10_000) return 200;
  return size <= 200_000 ? 50 : 10;
};

/** A sample of the agents, spread over all; the last one is not in it. */
function sampleOf(size: number, count: number): AgentDigest[] {
  const step = Math.max(1, Math.floor(size / count));
  const sample: AgentDigest[] = [];
  let n = 0;
  for (const agent of agents(size)) if (n++ % step === step >> 1 && sample.length < count) sample.push(agent);
  return sample;
}

/** One or two of its capabilities become others. */
function exchanged(digest: AgentDigest, capabilities: Zipf<string>, random: Random): AgentDigest {
  const kept = digest.capabilities.slice(random.between(1, 2));
  const others = capabilities.drawDistinct(8).filter((one) => !digest.capabilities.includes(one));
  return { ...digest, capabilities: [...kept, ...others.slice(0, digest.capabilities.length - kept.length)] };
}

/** Each of a sample with other capabilities, then each as it was: a round leaves everything as it found it. */
function capabilityChanges(size: number, operation: string): AgentDigest[] {
  const random = questionsRandom(operation);
  const capabilities = new Zipf(CAPABILITIES, random);
  const sample = sampleOf(size, roundOf(size) / 2);
  return [...sample.map((digest) => exchanged(digest, capabilities, random)), ...sample];
}

/** Agents that nobody knows come, then they all go. */
function comingAndGoing(size: number): { digest: AgentDigest; remove: boolean }[] {
  const count = roundOf(size) / 2;
  const fresh = sampleOf(count, count).map((digest) => ({ ...digest, id: `new-${digest.id}` }));
  return [false, true].flatMap((remove) => fresh.map((digest) => ({ digest, remove })));
}

/** Each of a sample with another priority and load, then each as it was; with every change a question. */
function rankChanges(size: number): Change[] {
  const random = questionsRandom('top20-healthy');
  const wanted = drawCapabilities(random, roundOf(size), 1).flat();
  const sample = sampleOf(size, roundOf(size) / 2);
  const changed = sample.map((digest) => ({ ...digest, priority: (digest.priority % 10) + 1 }));
  return [...changed, ...sample].map((digest, n) => ({
    digest,
    load: n < sample.length ? random.between(1, 8) / 8 : 0,
    capability: wanted[n] ?? '',
  }));
}

const all = (capabilities: readonly string[]): Expression => ({ all: termsOf('capability', capabilities) });

function bashFromSeven() {
  const priorities = termsOf('priority', ['7', '8', '9', '10']);
  const expression = { all: [...termsOf('tool', ['Bash']), { any: priorities }] };
  return Array.from({ length: 10 }, () => ({ tool: 'Bash', priority: 7, expression }));
}

const lists =
  (operation: string, length: number, count = roundOf) =>
  (size: number) =>
    drawCapabilities(questionsRandom(operation), count(size), length);

/**
 * The questions of a round, by operation: the same for everybody. Those that change agents come last: whoever is too slow
 * to be asked a whole round does not find his way back to where he was.
 */
export const QUESTIONS: { readonly [O in TimedOperation]: (size: number) => Questions[O][] } = {
  'and2-ids': lists('and2-ids', 2),
  'and3-ids': lists('and3-ids', 3),
  // Each takes the naive one a second at a million agents.
  'or3-ids': lists('or3-ids', 3, (size) => roundOf(size) / 2),
  'and-count': (size) =>
    lists('and-count', 2)(size).map((capabilities) => ({ capabilities, expression: all(capabilities) })),
  'one-capability': (size) => lists('one-capability', 1)(size).flat(),
  'tools-priority-vs-sqlite': bashFromSeven,
  'tools-priority-page': bashFromSeven,
  'top20-healthy': rankChanges,
  'change-capabilities': (size) => capabilityChanges(size, 'change-capabilities'),
  'change-then-count': (size) => capabilityChanges(size, 'change-then-count'),
  'add-and-remove': comingAndGoing,
};
