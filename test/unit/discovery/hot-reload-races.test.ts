import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { keyOf, served, servingIds } from '../../support/hot-reload.ts';
import { BROKEN, EDITED, historyOf, killing, STABLE, someWork, theEndOf } from '../../support/hot-reload-world.ts';

const history = historyOf(['put', 'put', 'delete', 'same again', 'break'], [killing]);

describe('polls and events at once, each standing still or stopped at any step', () => {
  test('end in what the source says; who was not touched is not touched', async () => {
    await fc.assert(
      fc.asyncProperty(someWork, history, async (works, happenings) => {
        const { context, source } = await theEndOf(works, happenings);

        const text = source.text(keyOf(EDITED));
        const serving = await servingIds(context);
        if (text === '') expect(serving).toEqual(STABLE);
        else if (text !== BROKEN) {
          const { version } = JSON.parse(text) as { version: string };
          expect(await served(context, EDITED)).toMatchObject({ version });
        }
        for (const agent of STABLE) expect(await served(context, agent)).toMatchObject({ revision: 1 });
      }),
      { numRuns: 400 },
    );
  }, 60_000);

  test('never lay an older version over a newer one', async () => {
    await fc.assert(
      fc.asyncProperty(someWork, history, async (works, happenings) => {
        const { context } = await theEndOf(works, happenings);

        const laid = context.store
          .changes()
          .filter(({ agentId, type }) => agentId === EDITED && type !== 'AgentUnregistered')
          .map(({ digest }) => Number(digest.capabilities[0]?.slice(1)));
        expect(laid).toEqual(laid.toSorted((a, b) => a - b));
      }),
      { numRuns: 400 },
    );
  }, 60_000);
});
