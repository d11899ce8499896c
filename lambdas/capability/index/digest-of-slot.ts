import type { AgentDigest } from '../../agents/digest-schema.ts';
import type { Kind } from './expression.ts';
import type { IndexCore } from './index-core.ts';

/** The texts of a row by their kinds, in the order in which they were given. */
function textsOf({ rows, terms }: IndexCore, slot: number): Partial<Record<Kind, string[]>> {
  const texts: Partial<Record<Kind, string[]>> = {};
  const count = rows.read(slot);
  for (let n = 0; n < count; n += 1) {
    const term = rows.current[n] as number;
    const kind = terms.kindOf(term);
    const known = texts[kind];
    if (known) known.push(terms.textOf(term));
    else texts[kind] = [terms.textOf(term)];
  }
  return texts;
}

/** What an agent can do, core first. */
export const capabilitiesOf = (core: IndexCore, slot: number): string[] => textsOf(core, slot).capability ?? [];

/** The digest of an agent as it was put in, but for its monitoring. */
export function digestOfSlot(core: IndexCore, slot: number): AgentDigest {
  const { columns, slots } = core;
  const { name, description } = columns.text(slot);
  const { capability, domain, action, tool, type, priority, health, operatorMode, inheritsTools } = textsOf(core, slot);
  return {
    id: slots.idAt(slot),
    name,
    ...(description !== undefined && { description }),
    type: type?.[0] as string,
    revision: columns.revision(slot),
    operatorMode: operatorMode?.[0] as AgentDigest['operatorMode'],
    health: health?.[0] as AgentDigest['health'],
    priority: Number(priority?.[0]),
    maxConcurrent: columns.limit(slot),
    capabilities: capability ?? [],
    domains: domain ?? [],
    actions: action ?? [],
    ...(!inheritsTools && { tools: tool ?? [] }),
  };
}
