import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Draws that are the same for the same seed. */
export interface Random {
  /** From 0 up to, but not including, 1. */
  share(): number;
  /** Whole, from `least` to `most`, both included. */
  between(least: number, most: number): number;
  /** Each as likely as the next. */
  oneOf<Item>(items: readonly Item[]): Item;
}

export function seeded(seed: number): Random {
  const generator = xoroshiro128plus(seed);
  const between = (least: number, most: number) => uniformInt(generator, least, most);
  return {
    share: () => uniformFloat64(generator),
    between,
    oneOf: (items) => items[between(0, items.length - 1)] as (typeof items)[number],
  };
}

/** Draws of which the first item is the most frequent one, the second half as frequent, the third a third, … */
export class Zipf<Item> {
  readonly #items: readonly Item[];
  readonly #random: Random;
  /** Share of the draws that an item and those before it take. */
  readonly #reached: Float64Array;

  constructor(items: readonly Item[], random: Random) {
    this.#items = items;
    this.#random = random;
    const weights = items.map((_, rank) => 1 / (rank + 1));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    let sum = 0;
    this.#reached = Float64Array.from(weights, (weight) => {
      sum += weight / total;
      return sum;
    });
  }

  draw(): Item {
    const share = this.#random.share();
    let [low, high] = [0, this.#items.length - 1];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#reached[middle] as number) <= share) low = middle + 1;
      else high = middle;
    }
    return this.#items[low] as Item;
  }

  /** So many different ones: a draw that comes twice counts once. */
  drawDistinct(count: number): Item[] {
    const drawn: Item[] = [];
    while (drawn.length < count) {
      const item = this.draw();
      if (!drawn.includes(item)) drawn.push(item);
    }
    return drawn;
  }
}
