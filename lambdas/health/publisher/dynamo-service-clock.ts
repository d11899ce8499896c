import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Clock } from '../../shared/clock.ts';

/** The header tells whole seconds, cut off: half a second is what is missing on the average. In milliseconds. */
const CUT_OFF = 500;

/** A clock that is no further off, in milliseconds, is left alone: the header cannot tell it better. */
const CLOSE_ENOUGH = 1_000;

/**
 * The service's clock, as the `Date` of each of its answers tells it: agents run on machines whose clocks are wrong by
 * hours. Until the first answer it is the machine's.
 */
export class DynamoServiceClock implements Clock {
  readonly #machine: Clock;
  #offset = 0;

  constructor(client: DynamoDBDocumentClient, machine: Clock) {
    this.#machine = machine;
    client.middlewareStack.add(
      (next) => async (args) => {
        const sent = machine.now();
        const result = await next(args);
        const { headers } = result.response as { readonly headers?: Readonly<Record<string, string>> };
        this.#learn(Date.parse(headers?.date ?? ''), (sent + machine.now()) / 2);
        return result;
      },
      // Below what makes errors of refusals: those tell the time as well.
      { step: 'deserialize', priority: 'low' },
    );
  }

  now(): number {
    return Math.round(this.#machine.now() + this.#offset);
  }

  #learn(told: number, machine: number): void {
    const offset = told + CUT_OFF - machine;
    if (Math.abs(offset - this.#offset) > CLOSE_ENOUGH) this.#offset = offset;
  }
}
