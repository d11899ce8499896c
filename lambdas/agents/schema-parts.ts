import { Type } from 'typebox';

/** Parts that the schemas of documents are made of. */
export const closed = { additionalProperties: false } as const;

/** One line of text: no tabs or line ends (all other controls are refused everywhere). */
export const line = (maxLength: number, minLength = 1) =>
  Type.String({ minLength, maxLength, pattern: '^[^\\t\\n\\r]*$' });

export const list = <Item extends Parameters<typeof Type.Array>[0]>(item: Item, maxItems: number) =>
  Type.Array(item, { maxItems });

/** A word that agents are found or described by. */
export const term = line(128);
