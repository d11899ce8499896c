import { cleanLine } from '../../agents/clean-text.ts';
import { isObject, type Json } from '../../agents/merge.ts';
import { asMendedAgent, isBlankName } from './as-agent.ts';
import { type Flaw, invalid, type ReadDocument } from './read-document.ts';
import { cutText, scrubbed } from './scrub.ts';

const MAX_NAME = 128;
const MAX_DESCRIPTION = 16_384;

const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'string').map((item) => item.trim()) : [];

const unique = (items: readonly string[]): string[] => [...new Set(items)].filter((item) => item !== '');

/** Fields of which every card has one beside its skills: `url` up to 0.3, `supportedInterfaces` from 1.0 on. */
const OF_CARDS = ['url', 'supportedInterfaces', 'protocolVersion', 'preferredTransport', 'defaultInputModes'];

/** Skills are objects with an id or tags; a list of names or paths is that of a plugin or a person. */
const hasSkills = ({ skills }: Json): boolean =>
  Array.isArray(skills) &&
  skills.some((skill) => isObject(skill) && (Object.hasOwn(skill, 'id') || Array.isArray(skill.tags)));

/** What tells a card that has no skills: an address, the protocol, and how it is spoken. */
const isBareCard = (document: Json): boolean =>
  typeof document.url === 'string' &&
  Object.hasOwn(document, 'protocolVersion') &&
  (Object.hasOwn(document, 'preferredTransport') || isObject(document.capabilities));

/** Whether a JSON document is an A2A agent card, of any version of the protocol; one without skills must show it otherwise. */
export const isA2aCard = (document: Json): boolean =>
  Object.hasOwn(document, 'name') &&
  (hasSkills(document) ||
    isBareCard(document) ||
    Array.isArray(document.supportedInterfaces) ||
    (Array.isArray(document.skills) &&
      document.skills.every(isObject) &&
      OF_CARDS.some((field) => Object.hasOwn(document, field))));

/**
 * An A2A agent card (https://a2a-protocol.org/v0.3.0/specification, "AgentCard"; 0.2 has the same parts, and 1.0 has
 * `supportedInterfaces` in place of `url`).
 *
 * A skill is something that the agent can do and be asked to do: its id is a core capability and an action. Its tags
 * say what it is about: they are domains. All are kept as written, so whoever reads a card finds its agent by the
 * same words. The card's own `capabilities` are features of its transport, and stay, with everything else that it
 * says, under `config.a2a`. A card is written for others: what the registry would refuse of it is left out and told.
 */
export function readA2aCard(origin: string, card: Json, lineOf: (field: string) => number | undefined): ReadDocument {
  const { name, version, description, ...rest } = card;
  if (typeof name !== 'string' || isBlankName(name)) {
    return invalid('an A2A agent card whose name is not a text', lineOf('name'));
  }
  const flaws: Flaw[] = [];
  const skills = (Array.isArray(card.skills) ? card.skills : []).filter(isObject);
  const ids = unique(texts(skills.map(({ id }) => id)));
  const tags = unique(skills.flatMap((skill) => texts(skill.tags)));
  const line = cutText(cleanLine(name), MAX_NAME);
  if (line.length < cleanLine(name).length)
    flaws.push({ reason: `name: is longer than ${MAX_NAME} characters and was cut` });
  if (typeof description !== 'string' || description.trim() === '') flaws.push({ reason: 'it has no description' });
  if (typeof version === 'number') flaws.push({ reason: 'version: is a number, and was read as a text' });
  const said = {
    name: line,
    ...(version !== undefined &&
      version !== null && { version: typeof version === 'number' ? String(version) : version }),
    capabilities: { core: ids, domains: tags, actions: ids },
    config: {
      ...(typeof description === 'string' && { description: cutText(description, MAX_DESCRIPTION) }),
      a2a: rest,
    },
  };
  return asMendedAgent(origin, { ...(scrubbed(said, 'the card', flaws) as Json), name: line }, flaws);
}
