import MiniSearch from 'minisearch';
import type { AgentDigest } from '../../../lambdas/agents/digest-schema.ts';
import type { Build } from './contender.ts';

/** Each capability is a word, as it stands: full-text search in the place of sets. */
export const minisearch: Build = (agents) => {
  const index = new MiniSearch<AgentDigest>({
    fields: ['capabilities'],
    extractField: (digest, field) => (field === 'id' ? digest.id : digest.capabilities.join('\n')),
    tokenize: (text) => text.split('\n'),
    processTerm: (term) => term,
  });
  for (const digest of agents) index.add(digest);
  const ids = (capabilities: readonly string[], combineWith: 'AND' | 'OR'): string[] =>
    index
      .search(capabilities.join('\n'), { combineWith })
      .map(({ id }) => id as string)
      .sort();
  return {
    asks: {
      'and2-ids': (capabilities) => ids(capabilities, 'AND'),
      'and3-ids': (capabilities) => ids(capabilities, 'AND'),
      'or3-ids': (capabilities) => ids(capabilities, 'OR'),
      'and-count': ({ capabilities }) => index.search(capabilities.join('\n'), { combineWith: 'AND' }).length,
      'one-capability': (capability) => ids([capability], 'AND'),
    },
  };
};
