import fc from 'fast-check';
import type { CapabilityIndex } from '../../lambdas/capability/index/capability-index.ts';
import type { Expression } from '../../lambdas/capability/index/expression.ts';
import { kinds } from './index-arbitraries.ts';
import type { NaiveIndex } from './naive-index.ts';

/** What an index and the plainest one have in common. */
export type Index = Pick<CapabilityIndex, keyof NaiveIndex & keyof CapabilityIndex>;

/** A question, which gives the answer of whoever is asked. */
export type Question = (index: Index) => unknown;

/** What questions are about. */
interface Subjects {
  /** Capabilities, domains and actions. */
  readonly texts: fc.Arbitrary<string>;
  readonly expressions: fc.Arbitrary<Expression>;
  readonly spans: fc.Arbitrary<{ after?: string; offset?: number; limit: number }>;
}

/** One question of any kind that an index answers. */
export const questionsAbout = ({ texts, expressions, spans }: Subjects): fc.Arbitrary<Question> =>
  fc.oneof(
    texts.map((text) => (index: Index) => [
      index.findByCapability(text),
      index.findByDomain(text),
      index.findByAction(text),
    ]),
    fc.array(texts, { maxLength: 3 }).map((some) => (index: Index) => index.findByCapabilities(some)),
    fc
      .record({
        capabilities: fc.array(texts, { maxLength: 3 }),
        domains: fc.array(texts, { maxLength: 2 }),
        actions: fc.option(fc.array(texts, { maxLength: 2 }), { nil: undefined }),
        mode: fc.constantFrom('all' as const, 'any' as const),
      })
      .map((query) => (index: Index) => index.search(query)),
    expressions.map((expression) => (index: Index) => [index.count(expression), index.ids(expression)]),
    fc.tuple(expressions, spans).map(
      ([expression, span]) =>
        (index: Index) =>
          index.page(expression, span),
    ),
    fc
      .tuple(expressions, fc.constantFrom('priority' as const, 'load' as const), fc.integer({ min: 1, max: 9 }))
      .map(([expression, order, limit]) => (index: Index) => {
        const first = index.top(expression, { order, limit });
        return [first, index.top(expression, { order, limit, after: first.at(-1) })];
      }),
    fc.tuple(expressions, kinds).map(
      ([expression, kind]) =>
        (index: Index) =>
          index.facet(expression, kind),
    ),
    fc.tuple(kinds, fc.constantFrom('', 'a', 'h', '1')).map(
      ([kind, prefix]) =>
        (index: Index) =>
          index.terms(kind, prefix),
    ),
    fc.constant((index: Index) => index.getStats()),
  );
