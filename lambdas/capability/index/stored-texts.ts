/** Texts by number, as a snapshot or a fold has them: each is made when it is asked for. */
export interface StoredTexts {
  readonly length: number;
  at(number: number): string;
  /** All of them, in an array that is the caller's. */
  all(): string[];
}

/** Texts that are there already; the array is whose they are given to. */
export const storedTexts = (texts: string[]): StoredTexts => ({
  length: texts.length,
  at: (number) => texts[number] as string,
  all: () => texts,
});
