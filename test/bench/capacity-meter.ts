import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/** Capacity units that calls took. */
export interface Units {
  reads: number;
  writes: number;
  calls: number;
}

interface Consumed {
  readonly CapacityUnits?: number;
  readonly ReadCapacityUnits?: number;
  readonly WriteCapacityUnits?: number;
}

const WRITES = /^(Put|Update|Delete|TransactWrite|BatchWrite)/;

/** Counts what a client's calls consume, as the store itself reports it. */
export class CapacityMeter {
  #units: Units = { reads: 0, writes: 0, calls: 0 };

  constructor(client: DynamoDBDocumentClient) {
    client.middlewareStack.add(
      (next, { commandName = '' }) =>
        async (args) => {
          Object.assign(args.input, { ReturnConsumedCapacity: 'TOTAL' });
          const answer = await next(args);
          this.#count(commandName, (answer.output as { ConsumedCapacity?: Consumed | Consumed[] }).ConsumedCapacity);
          return answer;
        },
      { step: 'initialize', name: 'capacityMeter' },
    );
  }

  #count(command: string, consumed: Consumed | Consumed[] | undefined): void {
    this.#units.calls += 1;
    for (const { CapacityUnits = 0 } of [consumed ?? []].flat()) {
      if (WRITES.test(command)) this.#units.writes += CapacityUnits;
      // DynamoDB Local counts nothing for a consistent read that finds nothing; AWS counts one unit.
      else this.#units.reads += Math.max(1, CapacityUnits);
    }
  }

  /** What `work` consumed. */
  async measure(work: () => Promise<unknown>): Promise<Units> {
    this.#units = { reads: 0, writes: 0, calls: 0 };
    await work();
    return { ...this.#units };
  }
}
