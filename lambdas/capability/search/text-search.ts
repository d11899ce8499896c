import type MiniSearch from 'minisearch';
import type { AgentDigest } from '../../agents/digest-schema.ts';
import { type Clock, systemClock } from '../../shared/clock.ts';
import { UnavailableError, ValidationError } from '../../shared/errors.ts';
import type { CapabilityIndex } from '../index/capability-index.ts';

/** How well an agent's words fit, and which of them did. */
export interface TextHit {
  /** Higher is better; it means nothing beside another text's. */
  readonly score: number;
  readonly terms: readonly string[];
}

/** What is searched of an agent. Whoever says nothing says `''`: means of lengths count all who have the field. */
type Words = Required<Pick<AgentDigest, 'id' | 'name' | 'description'>>;

/** Where the agents are. */
type Agents = Pick<CapabilityIndex, 'size' | 'ids' | 'get'>;

/** More agents than this would need more than 0.3 GB of the function's memory for their words alone. */
export const MAX_TEXT_AGENTS = 100_000;

/**
 * Milliseconds that one request spends on taking in agents; the next one goes on. 4,462 agents with descriptions of 270
 * characters take about 0.3 s on a whole processor, 100,000 about 7 s; the function has 15 s, and a share of one.
 */
export const BUILD_MS = 4_000;

/** Agents that are taken in between two looks at the clock. */
const BATCH = 500;

/** Scripts that put no space between words. */
const UNSPACED = /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}]/u;

/** What stands between words: spaces and punctuation, but for the sharps that a word ends with, as in `C#`. */
const BETWEEN_WORDS = /(?:[\n\r\p{Z}]|[^\P{P}#]|(?<![\p{L}\p{N}])#|#(?=[\p{L}\p{N}]))+/u;

/** Sums that are made in another order differ in their last digits; equals shall be equal. */
const SCORE_DIGITS = 9;

/** The same for `Zürich`, `ZURICH` and its full-width letters. */
const normalised = (term: string): string =>
  term
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase();

/**
 * Agents by the words of their name and description: an index of its own, built when it is first asked and then kept up
 * to date. Every word that is asked for must be met, whole, as a beginning, or with a letter or two amiss.
 */
export class TextSearch {
  readonly #agents: Agents;
  readonly #clock: Clock;
  #index: MiniSearch<Words> | undefined;
  /** What the index holds, by id. */
  readonly #held = new Map<string, Words>();
  /** Ids that are still to be taken in. */
  #missing: string[] = [];

  constructor(agents: Agents, clock: Clock = systemClock) {
    this.#agents = agents;
    this.#clock = clock;
  }

  /**
   * Takes in everybody, at first use; later calls find nothing to do.
   *
   * @throws ValidationError where there are too many agents, UnavailableError when it takes too long for one request
   */
  async load(): Promise<void> {
    if (this.#agents.size > MAX_TEXT_AGENTS) {
      throw ValidationError.of('q', 'textLimit', `can be asked of at most ${MAX_TEXT_AGENTS} agents`);
    }
    if (this.#index === undefined) await this.#begin();
    const begun = this.#clock.now();
    while (this.#missing.length > 0) {
      if (this.#clock.now() - begun > BUILD_MS) throw new UnavailableError('The words of all agents are being read.');
      for (const id of this.#missing.splice(-BATCH)) {
        const agent = this.#agents.get(id);
        if (agent) this.put(agent);
      }
    }
  }

  /** Follows an agent that came or changed. */
  put({ id, name, description = '' }: AgentDigest): void {
    if (this.#index === undefined) return;
    const held = this.#held.get(id);
    if (held?.name === name && held.description === description) return;
    this.delete(id);
    const words = { id, name, description };
    this.#index.add(words);
    this.#held.set(id, words);
  }

  /**
   * Follows an agent that went. Its words go with it: those that are only marked as gone (`discard`) count in scores
   * until a search happens to meet them.
   */
  delete(id: string): void {
    const held = this.#held.get(id);
    if (held === undefined) return;
    this.#index?.remove(held);
    this.#held.delete(id);
  }

  /** Agents that have every word of a text, by id, the best first. {@link load} must have come to its end before. */
  find(text: string): ReadonlyMap<string, TextHit> {
    const results = this.#index?.search(text) ?? [];
    return new Map(
      results.map(({ id, score, terms }) => [id as string, { score: Number(score.toPrecision(SCORE_DIGITS)), terms }]),
    );
  }

  /** The library and an empty index. */
  async #begin(): Promise<void> {
    const { default: Index } = await import('minisearch');
    if (this.#index !== undefined) return;
    const segmenter = new Intl.Segmenter(undefined, { granularity: 'word' });
    const segments = (text: string) =>
      Array.from(segmenter.segment(text)).flatMap(({ segment, isWordLike }) => (isWordLike ? segment : []));
    this.#index = new Index<Words>({
      fields: ['name', 'description'],
      tokenize: (text) => text.split(BETWEEN_WORDS).flatMap((word) => (UNSPACED.test(word) ? segments(word) : word)),
      processTerm: normalised,
      searchOptions: {
        boost: { name: 2 },
        combineWith: 'AND',
        prefix: (term) => term.length > 1,
        fuzzy: (term) => (term.length > 3 ? 0.2 : false),
        maxFuzzy: 2,
        // What begins so is more likely to be meant than what is spelt nearly so.
        weights: { prefix: 0.5, fuzzy: 0.2 },
      },
    });
    this.#missing = this.#agents.ids({ all: [] });
  }
}
