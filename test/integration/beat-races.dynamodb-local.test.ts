import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import type { Head } from '../../lambdas/agents/agent-record.ts';
import { createDocumentClient } from '../../lambdas/shared/aws-clients.ts';
import { unique } from '../support/api.ts';
import { BeatRace, type Deed, isExpired, type Racer, type RaceView, type WriteFault } from '../support/beat-race.ts';
import { awsClientConfig, dynamoDbLocalEndpoint } from '../support/local-stack.ts';
import { createTestTable, dropTestTable } from '../support/test-table.ts';

jest.setTimeout(240_000);

const RUNS = 60;

/** Six who race: each says how its writes fare, and what it does. */
const deeds = (...of: Deed[]) => fc.array(fc.constantFrom(...of), { minLength: 1, maxLength: 3 });
const faults = fc.array(fc.constantFrom<WriteFault>(undefined, undefined, 'lost', 'again'), {
  minLength: 1,
  maxLength: 3,
});
const racers = fc.tuple(
  fc.tuple(deeds('own beat'), faults),
  fc.tuple(deeds('own beat'), faults),
  fc.tuple(deeds('beat by REST'), faults),
  fc.tuple(deeds('deregister', 'register'), faults),
  fc.tuple(deeds('deregister', 'register'), faults),
  fc.tuple(deeds('evict'), faults),
);
const order = fc.array(fc.nat(5), { minLength: 20, maxLength: 60 });

type Racing = Parameters<Parameters<typeof racers.map>[0]>[0];
const deregistering: Racing = [
  [['own beat'], [undefined]],
  [['own beat'], [undefined]],
  [['beat by REST'], [undefined]],
  [['deregister'], [undefined]],
  [['register'], [undefined]],
  [['evict'], [undefined]],
];
/** One who comes to the end before the others begin. */
const first = (racer: number): number[] => Array.from({ length: 20 }, () => racer);
/** Each end of the race, for certain: evicted, gone, and registered anew. */
const examples: [Racing, number[]][] = [
  [deregistering, first(5)],
  [deregistering, [...first(4), ...first(3)]],
  [deregistering, [...first(3), ...first(4)]],
];

/** What is wrong with the agent between two steps, in words. */
function flawsIn({ head, beat }: RaceView): string[] {
  if (head === undefined) return ['there is no head'];
  if (head.deleted) return beat === undefined ? [] : ['a removed agent has a beat'];
  if (beat === undefined) return ['a living agent has no place for its beats'];
  return beat.incarnation === head.incarnation ? [] : ['the beat is of another life than the head'];
}

/** What is wrong with a step that took the agent offline. */
function flawsOfStep(before: RaceView, { head, beat }: RaceView, first: Head): string[] {
  const wasEvicted = head?.health === 'unhealthy' && before.head?.health !== 'unhealthy' && !head.deleted;
  if (!wasEvicted) return [];
  return [
    ...(head.incarnation === first.incarnation ? [] : ['the new life was evicted']),
    ...(beat && isExpired(beat) ? [] : ['a live agent was evicted']),
  ];
}

const endpoint = dynamoDbLocalEndpoint();
// The setup of the integration tests says why, where it is not there.
(endpoint === undefined ? describe.skip : describe)('beats, removals, registrations and the sweep at once', () => {
  let client: DynamoDBDocumentClient;
  let table: string;
  beforeAll(async () => {
    client = createDocumentClient(awsClientConfig(endpoint));
    table = await createTestTable(client);
  });
  afterAll(async () => {
    await dropTestTable(client, table);
    client.destroy();
  });

  const aRace = () => new BeatRace(client, { endpoint: endpoint ?? '', table, id: unique('racer') });

  /** Lets them step in this order, then all in turn, and looks at the agent after each step. */
  async function watched(
    race: BeatRace,
    first: Head,
    all: readonly Racer[],
    steps: readonly number[],
  ): Promise<{ flaws: string[]; evicted: boolean }> {
    const flaws: string[] = [];
    let before = await race.view();
    let evicted = false;
    const stepOf = async (racer: Racer): Promise<boolean> => {
      const goesOn = await racer.stepped.step();
      const after = await race.view();
      flaws.push(...flawsIn(after), ...flawsOfStep(before, after, first));
      evicted ||= after.head?.health === 'unhealthy';
      before = after;
      return goesOn;
    };
    for (const step of steps) await stepOf(all[step % all.length] as Racer);
    for (let going = [...all]; going.length > 0; ) {
      const on = [];
      for (const racer of going) if (await stepOf(racer)) on.push(racer);
      going = on;
    }
    return { flaws, evicted };
  }

  test('revive nobody, evict no new life and nobody who beats, in whatever order and whatever answers are lost', async () => {
    const seen = { evicted: 0, removed: 0, reborn: 0 };
    await fc.assert(
      fc.asyncProperty(racers, order, async (racing, steps) => {
        const race = aRace();
        const first = await race.begin();
        const all = racing.map(([does, fare]) => race.racer(does, fare));

        const { flaws, evicted } = await watched(race, first, all, steps);
        expect(flaws).toEqual([]);
        expect(all.flatMap(({ faults: unexpected }) => unexpected)).toEqual([]);
        const { head } = await race.view();
        seen.evicted += Number(evicted);
        seen.removed += Number(head?.deleted);
        seen.reborn += Number(!head?.deleted && head?.incarnation !== first.incarnation);
      }),
      { numRuns: RUNS, examples },
    );
    // The race is one: each of its ends is come to.
    for (const times of Object.values(seen)) expect(times).toBeGreaterThan(0);
  });
});
