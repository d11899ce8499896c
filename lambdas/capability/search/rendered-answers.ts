import type { LRUCache } from 'lru-cache';

/** Characters of questions and answers that are kept; ASCII takes a byte each. The function has 1 GB. */
export const MAX_KEPT = 32 * 1024 * 1024;

/** Answers as they were sent: the same question to the same version of the index is rendered once. */
export class RenderedAnswers {
  readonly #version: () => number;
  #answers: LRUCache<string, string> | undefined;
  /** Of which version the answers are. */
  #of: number | undefined;

  /** @param version grows whenever answers may be different */
  constructor(version: () => number) {
    this.#version = version;
  }

  /** The JSON of an answer, from memory or made now. */
  async render(question: string, answer: () => object | Promise<object>): Promise<string> {
    const version = this.#version();
    const known = this.#of === version ? this.#answers?.get(question) : undefined;
    if (known !== undefined) return known;
    const text = JSON.stringify(await answer());
    // As one of the version before it was made: what changed meanwhile may be missing from it.
    await this.#keep(version, question, text);
    return text;
  }

  async #keep(version: number, question: string, text: string): Promise<void> {
    // With the first answer, not when the function starts.
    const { LRUCache } = await import('lru-cache');
    this.#answers ??= new LRUCache({ maxSize: MAX_KEPT, sizeCalculation: (kept, key) => kept.length + key.length });
    if (this.#of !== version) this.#answers.clear();
    this.#of = version;
    this.#answers.set(question, text);
  }
}
