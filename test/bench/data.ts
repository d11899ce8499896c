import type { AgentDigest } from '../../lambdas/agents/digest-schema.ts';
import { type Random, seeded, Zipf } from './random.ts';
import { ACTIONS, CAPABILITIES, DOMAINS, TOOLS, TYPES } from './vocabulary.ts';

/** Said above every result: what was measured depends on it. */
export const METHOD = `Agents: 3 to 6 of ${CAPABILITIES.length} capabilities, 1 to 2 of ${DOMAINS.length} domains, 2 to 4 \
of ${ACTIONS.length.toLocaleString('en')} actions, 2 to 6 of ${TOOLS.length} tools (one in ten lists none), all drawn by \
Zipf's law (s = 1), as are the terms that are asked for; 85 % healthy, 96 % enabled, priorities 1 to 10. Seeded.

Each contender has a process of its own, filled once and as warm as a function that is asked now this, now that. All are
asked in turn, and who begins changes with each run: medians of the runs. Whoever needs more than 100 ms for a round of
questions, but for the two indexes and other forms of them, is asked only the first of them. An agent changes between
rounds, so that no answer can be remembered but those of one capability. Nobody is timed who answers other than the naive
index.

The naive index answers in ascending order of ids, as findByCapability and its like promise, and counts what the native
Set.prototype.intersection gives. "loops" is maps of sets as well, with plain loops from the smallest set on, and answers
in no order; "ours-js" is our index without WebAssembly.`;

const SEED = 20_261_121;

/** Each with its share of a hundred. */
const HEALTHS = Array.from({ length: 100 }, (_, n) => {
  if (n < 85) return 'healthy';
  return n < 90 ? 'degraded' : n < 95 ? 'unhealthy' : 'unknown';
});
const OPERATOR_MODES = Array.from({ length: 100 }, (_, n) => {
  if (n < 96) return 'enabled';
  return n < 98 ? 'maintenance' : 'disabled';
});

/** A different one for each number below 2^32, in no order (an odd factor maps them one to one), and saying nothing. */
const code = (n: number): string => (Math.imul(n + 1, 0x9e37_79b1) >>> 0).toString(36).padStart(7, '0');

const titled = (slug: string): string => slug.replaceAll('-', ' ').replace(/^./, (first) => first.toUpperCase());

/** Agents one by one: the same for the same size, and those of a smaller size come first. */
export function* agents(size: number): Generator<AgentDigest> {
  const random = seeded(SEED);
  const capabilities = new Zipf(CAPABILITIES, random);
  const domains = new Zipf(DOMAINS, random);
  const actions = new Zipf(ACTIONS, random);
  const tools = new Zipf(TOOLS, random);
  for (let n = 0; n < size; n += 1) {
    const can = capabilities.drawDistinct(random.between(3, 6));
    const [first = ''] = can;
    yield {
      id: `agent-${code(n)}`,
      name: `${titled(first)} ${code(n)}`,
      type: random.oneOf(TYPES),
      revision: random.between(1, 9),
      operatorMode: random.oneOf(OPERATOR_MODES),
      health: random.oneOf(HEALTHS),
      priority: random.between(1, 10),
      maxConcurrent: random.between(1, 20),
      capabilities: can,
      domains: domains.drawDistinct(random.between(1, 2)),
      actions: actions.drawDistinct(random.between(2, 4)),
      ...(random.between(1, 10) > 1 && { tools: tools.drawDistinct(random.between(2, 6)) }),
    };
  }
}

/** What is drawn for questions: apart from the agents, so that a change of theirs changes no question. */
export const questionsRandom = (operation: string): Random =>
  seeded([...operation].reduce((seed, letter) => (Math.imul(seed, 31) + letter.charCodeAt(0)) | 0, SEED));

/** So many lists of so many different capabilities, drawn as those of agents are. */
export function drawCapabilities(random: Random, lists: number, length: number): string[][] {
  const capabilities = new Zipf(CAPABILITIES, random);
  return Array.from({ length: lists }, () => capabilities.drawDistinct(length));
}
