import { ValidationError } from '../shared/errors.ts';
import type { Agent } from './agent-view.ts';
import type { AgentDigest } from './digest-schema.ts';

/**
 * Largest digest in bytes. It is written three times with each change (head, `heads` index, change log) at one write
 * unit per kilobyte, so 1 KB is what an agent should take; agents with dozens of long tool names are real, and pay
 * for what they take, up to this bound (a head has 4 KB).
 */
export const MAX_DIGEST_BYTES = 3 * 1024;

const unique = (items: readonly string[]): string[] => [...new Set(items)];

/**
 * The digest of an agent.
 *
 * @throws ValidationError when what can be searched takes more than {@link MAX_DIGEST_BYTES}: cutting it would leave
 * the agent unfindable by what was cut.
 */
export function digestOf(agent: Agent): AgentDigest {
  const { core, enhancements, domains, actions } = agent.capabilities;
  const digest: AgentDigest = {
    id: agent.id,
    name: agent.name,
    type: agent.type,
    revision: agent.revision,
    operatorMode: agent.operatorMode,
    health: agent.health,
    priority: agent.config.priority,
    maxConcurrent: agent.capacity.maxConcurrent,
    capabilities: unique([...core, ...enhancements]),
    domains: unique(domains),
    actions: unique(actions),
    ...(agent.config.tools && { tools: unique(agent.config.tools) }),
  };
  const bytes = Buffer.byteLength(JSON.stringify(digest));
  if (bytes <= MAX_DIGEST_BYTES) return digest;
  throw ValidationError.of(
    'capabilities',
    'digestSize',
    `name, capabilities and config.tools together take ${bytes} of at most ${MAX_DIGEST_BYTES} bytes`,
  );
}
