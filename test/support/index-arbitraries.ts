import fc from 'fast-check';
import type { AgentDigest } from '../../lambdas/agents/digest-schema.ts';
import type { Expression, Kind } from '../../lambdas/capability/index/expression.ts';

/** An index, or a model of one, that can be changed. */
export interface Changeable {
  set(digest: AgentDigest): void;
  delete(agentId: string): boolean;
  get(agentId: string): AgentDigest | undefined;
  setLoad(agentId: string, load: number): void;
}

/** One thing that happens to an index. */
export type Step = (index: Changeable) => unknown;

const WORDS = ['a', 'b', 'c', 'd', 'e', 'f'];
const ids = fc.integer({ min: 0, max: 99 }).map((n) => `agent-${String(n).padStart(2, '0')}`);
const someId = fc.oneof(ids, fc.constantFrom('agent-05', 'agent-06', 'agent-50'));
const words = fc.uniqueArray(fc.constantFrom(...WORDS), { maxLength: 4 });

const digests = (id: fc.Arbitrary<string>): fc.Arbitrary<AgentDigest> =>
  fc.record(
    {
      id,
      name: fc.constantFrom('Ann', 'Bob'),
      description: fc.constantFrom('', 'does things', 'Größe ✓'),
      type: fc.constantFrom('core', 'specialist'),
      revision: fc.integer({ min: 1, max: 400 }),
      operatorMode: fc.constantFrom('enabled', 'maintenance', 'disabled'),
      health: fc.constantFrom('healthy', 'degraded', 'unhealthy', 'unknown'),
      priority: fc.constantFrom(1, 5, 9, 10),
      maxConcurrent: fc.integer({ min: 0, max: 100_000 }),
      capabilities: words,
      domains: words,
      actions: words,
      tools: words,
    },
    {
      requiredKeys: [
        'id',
        'name',
        'type',
        'revision',
        'operatorMode',
        'health',
        'priority',
        'maxConcurrent',
        'capabilities',
        'domains',
        'actions',
      ],
    },
  ) as fc.Arbitrary<AgentDigest>;

/** Changes one thing of an agent that is there. */
const changed = (change: fc.Arbitrary<Partial<AgentDigest>>): fc.Arbitrary<Step> =>
  fc.tuple(someId, change).map(([id, parts]) => (index: Changeable) => {
    const digest = index.get(id);
    if (digest) index.set({ ...digest, ...parts, revision: digest.revision + 1 });
  });

/** Many of a kind come or go at once: terms become frequent, and rare again. */
const crowds: fc.Arbitrary<Step> = fc
  .tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 10, max: 60 }), digests(fc.constant('')), fc.boolean())
  .map(([first, count, digest, come]) => (index: Changeable) => {
    for (let n = first; n < first + count; n += 1) {
      const id = `agent-${String(n).padStart(2, '0')}`;
      if (come) index.set({ ...digest, id });
      else index.delete(id);
    }
  });

/** A thing that happens to an index: agents come, change, flip their status, get busy and go, alone and in crowds. */
export const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: digests(someId).map((digest) => (index: Changeable) => index.set(digest)) },
  { weight: 3, arbitrary: someId.map((id) => (index: Changeable) => index.delete(id)) },
  {
    weight: 3,
    arbitrary: changed(fc.constantFrom('healthy', 'degraded', 'unhealthy').map((health) => ({ health }) as const)),
  },
  {
    weight: 1,
    arbitrary: changed(fc.constantFrom('enabled', 'disabled').map((operatorMode) => ({ operatorMode }) as const)),
  },
  { weight: 2, arbitrary: changed(words.map((capabilities) => ({ capabilities }))) },
  {
    weight: 2,
    arbitrary: fc.tuple(someId, fc.constantFrom(0, 0.25, 0.5, 1)).map(
      ([id, load]) =>
        (index: Changeable) =>
          index.setLoad(id, load),
    ),
  },
  { weight: 1, arbitrary: crowds },
);

const TEXTS: Readonly<Record<Kind, readonly string[]>> = {
  capability: [...WORDS, 'nobody'],
  domain: WORDS,
  action: WORDS,
  tool: WORDS,
  type: ['core', 'specialist'],
  priority: ['1', '5', '9', '10'],
  health: ['healthy', 'degraded', 'unhealthy', 'unknown'],
  operatorMode: ['enabled', 'maintenance', 'disabled'],
  inheritsTools: ['yes'],
};

export const kinds = fc.constantFrom(...(Object.keys(TEXTS) as Kind[]));

const terms = kinds.chain((kind) =>
  fc.constantFrom(...TEXTS[kind]).map((text): Expression => ({ term: [kind, text] })),
);

/** Expressions of every form, within each other. */
export const expressionsOver = (
  some: fc.Arbitrary<Expression>,
  agents: fc.Arbitrary<string>,
): fc.Arbitrary<Expression> =>
  fc.letrec<{ expression: Expression }>((tie) => ({
    expression: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      some,
      fc.array(agents, { maxLength: 4 }).map((known): Expression => ({ agents: known })),
      fc.array(tie('expression'), { maxLength: 4 }).map((all): Expression => ({ all })),
      fc.array(tie('expression'), { maxLength: 4 }).map((any): Expression => ({ any })),
    ),
  })).expression;

export const expressions = expressionsOver(terms, someId);

export const spans = fc.record(
  { after: someId, offset: fc.integer({ min: 0, max: 5 }), limit: fc.integer({ min: 1, max: 40 }) },
  { requiredKeys: ['limit'] },
);

export const texts = fc.constantFrom(...TEXTS.capability);
