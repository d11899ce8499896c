import { describe, expect, jest, test } from '@jest/globals';
import { createDocumentClient } from '../../lambdas/shared/aws-clients.ts';
import { CapacityMeter } from '../bench/capacity-meter.ts';
import { countRefreshUnits } from '../bench/refresh-units.ts';
import { awsClientConfig, dynamoDbLocalEndpoint } from '../support/local-stack.ts';

jest.setTimeout(120_000);

const CHANGES = [0, 1, 10, 100, 1_000];

const endpoint = dynamoDbLocalEndpoint();
// The setup of the integration tests says why, where it is not there.
(endpoint === undefined ? describe.skip : describe)('the read units of a refresh', () => {
  const client = createDocumentClient(awsClientConfig(endpoint));
  const metered = { client, meter: new CapacityMeter(client) };

  test('follow from the bytes of what has changed alone, with 100,000 agents as with 1,000', async () => {
    const few = await countRefreshUnits(metered, 1_000, CHANGES);
    const many = await countRefreshUnits(metered, 100_000, CHANGES);

    expect(few.map(({ changes }) => changes)).toEqual(CHANGES);
    for (const { refresh, expected, next, quiet } of many) {
      // A unit for each 4 KB, and one at least; the one behind looks back for entries that commit late.
      expect({ refresh, next, quiet }).toEqual({ refresh: expected, next: expected, quiet: 1 });
    }
    expect(many.map(({ refresh }) => refresh)).toEqual(few.map(({ refresh }) => refresh));
    // Ten times as many changes take about ten times as many units.
    const [, , , hundred, thousand] = many.map(({ refresh }) => refresh);
    expect(Number(thousand) / Number(hundred)).toBeCloseTo(10, -1);
  });
});
