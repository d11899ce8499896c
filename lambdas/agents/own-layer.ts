import { isoTime } from '../shared/clock.ts';
import { effectiveDocument } from './agent.ts';
import { type Layer, withLayer } from './agent-record.ts';
import type { AgentDocument } from './agent-schema.ts';
import { type Json, patchLayer } from './merge.ts';
import { type RegistrationPolicy, runChecks } from './registration-steps.ts';
import { validateAgentDocument } from './validate-agent.ts';

/** What a request says about the request itself, and so is not kept: the id names the item, the other how to settle. */
export function kept({ id: _id, conflictResolution: _resolution, ...document }: Json): Json {
  return document;
}

/** The layer of a document that came by a call of the API. */
export const ownLayer = (document: AgentDocument, now: number): Layer => ({
  source: 'dynamodb',
  origin: null,
  updatedAt: isoTime(now),
  document: kept(document),
  removed: [],
});

/** The layers of an agent, the API's own among them, and the document that they make together. */
export interface Layered {
  readonly layers: readonly Layer[];
  readonly document: AgentDocument;
}

/**
 * The layers of an agent after a merge patch of the API's own.
 *
 * @throws ValidationError when the whole does not hold
 */
export function patchOver(layers: readonly Layer[], patch: Json, policy: RegistrationPolicy, now: number): Layered {
  const own = layers.find(({ source }) => source === 'dynamodb');
  const empty: Layer = { source: 'dynamodb', origin: null, updatedAt: '', document: {}, removed: [] };
  const layer = { ...patchLayer(own ?? empty, kept(patch)), updatedAt: isoTime(now) };
  const patched = withLayer(layers, 'dynamodb', layer);
  const document = validateAgentDocument(effectiveDocument(patched));
  runChecks(document, policy);
  return { layers: patched, document };
}
