import type { Build } from './contender.ts';

/** Everybody who takes part, loaded only in the process that needs it. */
export const CONTENDERS: Readonly<Record<string, () => Promise<Build>>> = {
  ours: async () => (await import('./indexes.ts')).ours,
  naive: async () => (await import('./indexes.ts')).naive,
  'ours-js': async () => (await import('./ours-js.ts')).oursJs,
  loops: async () => (await import('./loops.ts')).loops,
  sqlite: async () => (await import('./sqlite.ts')).sqlite,
  junction: async () => (await import('./sqlite.ts')).junction,
  minisearch: async () => (await import('./minisearch.ts')).minisearch,
  orama: async () => (await import('./orama.ts')).orama,
  lokijs: async () => (await import('./lokijs.ts')).lokijs,
  redis: async () => (await import('./redis.ts')).redis,
};
