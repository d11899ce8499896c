import { sha256 } from '../../shared/ids.ts';

/** The largest id of an agent, in characters (CONTRACT.md, "id"). */
export const MAX_ID_LENGTH = 128;

/** Cuts an id, so that it does not end in the hyphen at which it was cut. */
export const cutId = (id: string, length: number): string => id.slice(0, length).replace(/-+$/, '');

/** Lower-case letters and digits with single hyphens between; empty where a text has neither, as in Chinese. */
export const hyphenated = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');

/**
 * The id that a name gives: `Air Ticketing Agent` is `air-ticketing-agent`. The same name always gives the same id, also
 * one without a single Latin letter, whose id is made from its hash.
 */
export const slugOf = (name: string): string =>
  cutId(hyphenated(name), MAX_ID_LENGTH) || `agent-${sha256(name).slice(0, 12)}`;
