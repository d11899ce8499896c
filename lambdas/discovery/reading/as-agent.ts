import { digestOf } from '../../agents/digest.ts';
import { isObject, type Json } from '../../agents/merge.ts';
import { toContractNames } from '../../agents/spec-names.ts';
import { validateAgentDocument } from '../../agents/validate-agent.ts';
import { ValidationError } from '../../shared/errors.ts';
import { assertStrictJson } from '../../shared/strict-json.ts';
import { fitAgent } from './fit-agent.ts';
import {
  type AgentRead,
  breaking,
  type FileAgent,
  type Flaw,
  invalid,
  oneFlaw,
  type ReadDocument,
} from './read-document.ts';
import { asShown } from './shown-agent.ts';
import { slugOf } from './slug.ts';

/** A name of joiners and direction marks alone would look like none; the registry refuses it. */
export const isBlankName = (name: string): boolean => !/[\p{L}\p{N}\p{P}\p{S}]/u.test(name);

/** A key without a value says nothing, and would delete where the document is sent as a merge patch. */
function withoutNulls(value: unknown): unknown {
  if (!isObject(value)) return value;
  const said = Object.entries(value).filter(([, child]) => child !== null && child !== undefined);
  return Object.fromEntries(said.map(([key, child]) => [key, withoutNulls(child)]));
}

/** A file that names a server twice means it once. */
function withServersOnce(document: Json): Json {
  const { config } = document;
  if (!isObject(config) || !Array.isArray(config.mcpServers)) return document;
  return { ...document, config: { ...config, mcpServers: [...new Set(config.mcpServers)] } };
}

function strictAgent(origin: string, document: Json): Pick<AgentRead, 'agent' | 'idFrom'> {
  assertStrictJson(document);
  const said = withoutNulls(withServersOnce(toContractNames(document) as Json)) as Json;
  const { id, name } = said;
  if (typeof name !== 'string' || isBlankName(name)) throw ValidationError.of('name', 'type', 'must be a text');
  if (id !== undefined && typeof id !== 'string') throw ValidationError.of('id', 'type', 'must be a text');
  const agent: FileAgent = { ...said, id: id ?? slugOf(name), name: name.trim(), filePath: origin };
  validateAgentDocument(agent);
  digestOf(asShown(agent));
  return { agent, idFrom: id === undefined ? 'name' : 'file' };
}

/**
 * The agent of a document in the registry's own form: both specifications' names become the contract's, empty keys go,
 * and it gets its origin and, unless it has one, the id that its name gives. What the registry would refuse is
 * `invalid`, naming field and rule.
 *
 * @param lineOf the line of a field, by its dotted path
 */
export function asAgent(
  origin: string,
  document: Json,
  lineOf: (field: string) => number | undefined = () => undefined,
): ReadDocument {
  try {
    return { verdict: 'agent', ...strictAgent(origin, document) };
  } catch (error) {
    if (error instanceof ValidationError) return breaking(error, lineOf);
    throw error;
  }
}

/**
 * The agent of a document that was written for others than the registry: what it would refuse is mended or left out,
 * and the result is `degraded`, naming it.
 *
 * @param document with a name that is clean text, in the contract's names
 */
export function asMendedAgent(
  origin: string,
  document: Json & { readonly name: string },
  flaws: readonly Flaw[],
): ReadDocument {
  const found = [...flaws];
  const agent = fitAgent({ ...document, id: slugOf(document.name), filePath: origin }, found);
  if (agent === undefined) return invalid('its name, or the path to it, is none that an agent can have');
  return { verdict: 'agent', agent, idFrom: 'name', ...(found.length > 0 && { degraded: oneFlaw(found) }) };
}
