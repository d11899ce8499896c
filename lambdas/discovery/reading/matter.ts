import type { Flaw } from './read-document.ts';

/** One key of front matter. */
export interface MatterField {
  /** As YAML reads it; `null` where nothing stands behind the key. */
  readonly value: unknown;
  /** As it is written: of a scalar without quotes and escapes (`1.10`, `007`), of a list or map its source. */
  readonly text: string;
  /** What stands behind ` #` on the line of a scalar without quotes. */
  readonly comment?: string;
  /** Line of the file, from 1. */
  readonly line: number;
}

/** What front matter says, by its keys. */
export interface Matter {
  readonly fields: ReadonlyMap<string, MatterField>;
  readonly flaws: readonly Flaw[];
}
