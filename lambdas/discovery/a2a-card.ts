import { isObject, type Json } from '../agents/merge.ts';
import { asAgent, invalid, type ReadDocument } from './read-document.ts';

const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'string').map((item) => item.trim()) : [];

const unique = (items: readonly string[]): string[] => [...new Set(items)].filter((item) => item !== '');

/** An A2A agent card is the only kind of document with a list of skills; every version of the protocol has it. */
export const isA2aCard = (document: Json): boolean => Array.isArray(document.skills) && Object.hasOwn(document, 'name');

/**
 * An A2A agent card (https://a2a-protocol.org/v0.3.0/specification, "AgentCard"; 0.2 has the same parts, and 1.0 has
 * them but for `url`).
 *
 * A skill is something that the agent can do and be asked to do: its id is a core capability and an action. Its tags
 * say what it is about: they are domains. All are kept as written, so whoever reads a card finds its agent by the
 * same words. The card's own `capabilities` are features of its transport, and stay, with everything else that it
 * says, under `config.a2a`.
 */
export function readA2aCard(origin: string, card: Json): ReadDocument {
  const { name, version, description, ...rest } = card;
  const skills = (card.skills as unknown[]).filter(isObject);
  const ids = unique(texts(skills.map(({ id }) => id)));
  const tags = unique(skills.flatMap((skill) => texts(skill.tags)));
  if (typeof name !== 'string') return invalid('an A2A agent card whose name is not a text');
  return asAgent(origin, {
    name: name.replace(/\s+/gu, ' '),
    version,
    capabilities: { core: ids, domains: tags, actions: ids },
    config: { description, a2a: rest },
  });
}
