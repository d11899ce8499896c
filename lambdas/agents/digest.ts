import { ValidationError } from '../shared/errors.ts';
import type { Agent } from './agent-view.ts';
import type { AgentDigest } from './digest-schema.ts';

/**
 * Largest digest in bytes, its description left aside. It is written three times with each change (head, `heads` index,
 * change log) at one write unit per kilobyte, so 1 KB is what an agent should take; agents with dozens of long tool
 * names are real, and pay for what they take, up to this bound.
 */
export const MAX_TERM_BYTES = 3 * 1024;

/** Largest digest in bytes, its description included, which is cut to fit: a head, with all else it has, takes 4 KB. */
export const MAX_DIGEST_BYTES = 3.5 * 1024;

/** Characters of a description that a digest has at most: enough to be found by, and to choose between results. */
export const MAX_DESCRIPTION = 500;

const unique = (items: readonly string[]): string[] => [...new Set(items)];

/** Bytes that a description takes besides its own. */
const NAME_BYTES = Buffer.byteLength(',"description":""');

/** Bytes of a text within JSON, without its quotes. */
const jsonBytes = (text: string): number => Buffer.byteLength(JSON.stringify(text)) - 2;

/**
 * How a text begins: whole if it is short, else up to the end of a word, or a part of one that goes on and on.
 *
 * @param room bytes of JSON at most
 */
function opening(text: string, room: number): string {
  // A character is one or two units of UTF-16. One more than there is room for tells whether the last word is whole.
  const characters = [...text.trim().slice(0, 2 * MAX_DESCRIPTION + 2)].slice(0, MAX_DESCRIPTION + 1);
  let bytes = 0;
  const tooMany = characters.findIndex((character, n) => {
    bytes += jsonBytes(character);
    return n === MAX_DESCRIPTION || bytes > room;
  });
  if (tooMany < 0) return characters.join('');
  const lastSpace = characters.findLastIndex((character, n) => n <= tooMany && /\s/.test(character));
  return characters
    .slice(0, lastSpace < 0 ? tooMany : lastSpace)
    .join('')
    .trimEnd();
}

/** What an agent says of itself, as much as fits. */
function descriptionOf({ config }: Agent, room: number): { description?: string } {
  const description = opening(config.description ?? '', room - NAME_BYTES);
  return description === '' ? {} : { description };
}

/** What the registry watches of an agent: whoever checks agents, or judges their beats, reads no more than digests. */
function watchedOf({ monitoring }: Agent): Pick<AgentDigest, 'monitoring'> {
  const { healthCheck, resourceCheck, functionalityTest = [] } = monitoring;
  const watched = {
    ...(healthCheck && { healthCheck }),
    ...(resourceCheck && { resourceCheck }),
    ...(functionalityTest.length > 0 && { functionalityTest }),
  };
  return Object.keys(watched).length === 0 ? {} : { monitoring: watched };
}

/**
 * The digest of an agent.
 *
 * @throws ValidationError when what it is found and watched by takes more than {@link MAX_TERM_BYTES}: cutting it would
 * leave the agent unfindable by what was cut.
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
    ...watchedOf(agent),
  };
  const bytes = Buffer.byteLength(JSON.stringify(digest));
  if (bytes <= MAX_TERM_BYTES) return { ...digest, ...descriptionOf(agent, MAX_DIGEST_BYTES - bytes) };
  throw ValidationError.of(
    'capabilities',
    'digestSize',
    `name, capabilities, config.tools and the checks of monitoring together take ${bytes} of at most ${MAX_TERM_BYTES} bytes`,
  );
}
