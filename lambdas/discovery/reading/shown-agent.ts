import { describeAgent } from '../../agents/agent.ts';
import type { Agent } from '../../agents/agent-view.ts';
import type { FileAgent } from './read-document.ts';

/** An agent as the registry would show it of this document alone: defaults filled in. */
export function asShown(document: FileAgent): Agent {
  const { id, name } = document;
  const head = {
    id,
    name,
    revision: 1,
    health: 'unknown',
    healthSince: '',
    owner: '',
    createdAt: '',
    lastModified: '',
    changeId: '',
    incarnation: '',
    deleted: false,
  } as const;
  const layer = { source: 'dynamodb', origin: null, updatedAt: '', document, removed: [] } as const;
  return describeAgent({ head, layers: [layer] });
}
