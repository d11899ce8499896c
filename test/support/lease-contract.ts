import { expect, test } from '@jest/globals';
import type { Lease } from '../../lambdas/agents/lease.ts';
import { START } from './agents.ts';

const LENGTH = 30_000;

/** What every {@link Lease} keeps to. `make` gives owners of one lease that nobody has, each by his name. */
export function leaseContract(make: () => Promise<(owner: string, length: number) => Lease>): void {
  const owners = async () => {
    const of = await make();
    return [of('one', LENGTH), of('other', LENGTH)] as const;
  };

  test('is taken by one at a time', async () => {
    const [one, other] = await owners();

    expect(await one.isTaken(START)).toBe(false);
    expect(await one.take(START)).toBe(true);
    expect(await other.take(START)).toBe(false);
    expect(await other.isTaken(START)).toBe(true);
  });

  test('is held on to by who has it, for its whole length from then on', async () => {
    const [one, other] = await owners();
    await one.take(START);

    expect(await one.take(START + 20_000)).toBe(true);
    expect(await other.take(START + 20_000 + LENGTH - 1)).toBe(false);
    expect(await other.take(START + 20_000 + LENGTH)).toBe(true);
    expect(await one.take(START + 20_000 + LENGTH)).toBe(false);
  });

  test('is over at its end, also where nobody takes it', async () => {
    const [one] = await owners();
    await one.take(START);

    expect(await one.isTaken(START + LENGTH - 1)).toBe(true);
    expect(await one.isTaken(START + LENGTH)).toBe(false);
  });

  test('is given back by who has it, and by nobody else', async () => {
    const [one, other] = await owners();
    await one.take(START);
    await other.release();
    expect(await other.take(START)).toBe(false);
    await one.release();
    await one.release();

    expect(await one.isTaken(START)).toBe(false);
    expect(await other.take(START)).toBe(true);
  });

  test('has one winner of many who take it at once', async () => {
    const of = await make();
    const taken = await Promise.all(Array.from({ length: 12 }, (_, n) => of(`owner-${n}`, LENGTH).take(START)));

    expect(taken.filter(Boolean)).toHaveLength(1);
  });
}
