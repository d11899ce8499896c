import { describe, expect, test } from '@jest/globals';
import {
  type Commit,
  CommitConflictError,
  type CommitObstacle,
  StoreBusyError,
} from '../../../lambdas/agents/agent-store.ts';
import { buildCommit } from '../../../lambdas/agents/build-commit.ts';
import { commitLoop } from '../../../lambdas/agents/commit-loop.ts';
import { UnavailableError } from '../../../lambdas/shared/errors.ts';
import { aContext, aLayer, type TestContext } from '../../support/agents.ts';
import { rejectionOf } from '../../support/errors.ts';
import type { StoreFault, StoreHook } from '../../support/memory-agent-store.ts';

/** Commits go wrong as listed, then right. */
function contextWhere(...faults: StoreFault[]): TestContext {
  const context = aContext();
  context.store.hook = (call) => (call === 'commit' ? faults.shift() : undefined);
  return context;
}

/** A commit that makes the agent `a`. */
function aCommit({ newUlid, clock }: TestContext): Commit {
  const cause = { actor: 'tester', reason: 'tested', now: clock.now(), changeId: newUlid() };
  return buildCommit({ id: 'a', before: undefined, name: 'a', layers: [aLayer()] }, cause).commit;
}

/** Registers the agent `a` and tells what stood in the way before each decision. */
async function run(context: TestContext) {
  const obstacles: (CommitObstacle | undefined)[] = [];
  const outcome = await commitLoop(context, async (obstacle) => {
    obstacles.push(obstacle);
    const commit = aCommit(context);
    return { commit, result: commit.change.id };
  }).catch((error: unknown) => error);
  return { obstacles, outcome, commits: context.store.calls.filter((call) => call === 'commit').length };
}

describe('the commit loop', () => {
  test('decides once and commits once where nobody is in the way', async () => {
    expect(await run(contextWhere())).toMatchObject({ obstacles: [undefined], commits: 1 });
  });

  test('commits nothing where there is nothing to write', async () => {
    const context = aContext();

    expect(await commitLoop(context, async () => ({ result: 5 }))).toBe(5);
    expect(context.store.calls).toEqual([]);
  });

  test('decides anew, knowing what stood in the way', async () => {
    expect(await run(contextWhere('contention', 'contention'))).toMatchObject({
      obstacles: [undefined, 'contention', 'contention'],
      commits: 3,
    });
  });

  test('asks the log after a commit whose answer was lost, and sends none twice', async () => {
    const context = contextWhere('lost');
    const { obstacles, outcome, commits } = await run(context);

    expect({ obstacles, commits }).toEqual({ obstacles: [undefined], commits: 1 });
    expect(context.store.changes().map(({ id }) => id)).toEqual([outcome]);
  });

  test('decides anew where the log does not know the commit', async () => {
    const context = contextWhere('busy');
    const { obstacles, outcome, commits } = await run(context);

    expect({ obstacles, commits }).toEqual({ obstacles: [undefined, undefined], commits: 2 });
    expect(context.store.changes().map(({ id }) => id)).toEqual([outcome]);
  });

  test('asks until the log answers', async () => {
    const context = aContext();
    const faults: StoreFault[] = ['lost', 'busy', 'lost'];
    context.store.hook = () => faults.shift();

    expect(await run(context)).toMatchObject({ obstacles: [undefined], commits: 1 });
  });

  test('finds a commit that took effect late, after the log was asked and another was tried', async () => {
    const context = aContext();
    const late = aCommit(context);
    const nothing: StoreHook = () => undefined;
    const taken: StoreHook = async () => {
      context.store.hook = nothing;
      await context.store.commit(late);
      return undefined;
    };
    const hooks: StoreHook[] = [() => 'busy', nothing, taken];
    context.store.hook = (call) => hooks.shift()?.(call);
    const decided = [late, aCommit(context)];
    const decide = async () => {
      const commit = decided.shift() ?? aCommit(context);
      return { commit, result: commit.change.id };
    };

    expect(await commitLoop(context, decide)).toBe(late.change.id);
    expect(context.store.changes()).toEqual([late.change]);
  });

  test('gives up after ten tries: it is not known whether others will ever make room', async () => {
    const { outcome, commits } = await run(contextWhere(...Array<StoreFault>(20).fill('contention')));

    expect(outcome).toBeInstanceOf(UnavailableError);
    expect(outcome).toMatchObject({ status: 503, retryAfter: 1 });
    expect(commits).toBe(10);
  });

  test('gives up after ten tries where the store is out of reach', async () => {
    const { outcome, commits } = await run(contextWhere(...Array<StoreFault>(20).fill('busy')));

    expect(outcome).toBeInstanceOf(StoreBusyError);
    expect(commits).toBe(10);
  });

  test('tries again when reading fails', async () => {
    let reads = 0;
    const result = await commitLoop(aContext(), async () => {
      reads += 1;
      if (reads < 3) throw new StoreBusyError();
      return { result: reads };
    });

    expect(result).toBe(3);
  });

  test('tries again when a decision finds itself overtaken', async () => {
    let reads = 0;
    const result = await commitLoop(aContext(), async () => {
      reads += 1;
      if (reads < 3) throw new CommitConflictError('name');
      return { result: reads };
    });

    expect(result).toBe(3);
  });

  test.each([new Error('a fault'), new TypeError('a mistake'), new UnavailableError('not the store')])(
    'gives up at once for %s',
    async (error) => {
      let tries = 0;
      const looping = commitLoop(aContext(), async () => {
        tries += 1;
        throw error;
      });

      expect(await rejectionOf(looping)).toBe(error);
      expect(tries).toBe(1);
    },
  );
});
