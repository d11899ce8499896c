import canonicalize from 'canonicalize';
import type { Clock } from '../shared/clock.ts';
import { IdempotencyKeyReusedError, ValidationError } from '../shared/errors.ts';
import { sha256 } from '../shared/ids.ts';
import type { AgentStore, Idempotency, StoredOutcome } from './agent-store.ts';
import type { Agent } from './agent-view.ts';

/** How long an answer is kept under its key, in milliseconds: a day. */
export const IDEMPOTENCY_MS = 24 * 60 * 60 * 1000;

/** What is answered, and kept to be answered again. */
export type Answer = Omit<StoredOutcome, 'requestHash'>;

/** A request that may come twice: its key, what it asked, and how its outcome is told. */
export interface IdempotentRequest {
  readonly keyHash: string;
  readonly requestHash: string;
  readonly answer: (agent: Agent, created: boolean) => Answer;
}

/**
 * Reads an `Idempotency-Key`. The key belongs to its caller: two callers with one key do not meet.
 *
 * @param body the parsed body; the order of its keys and its white space do not matter
 * @throws ValidationError when it is not 1 to 255 printable ASCII characters
 */
export function idempotentRequest(
  key: string | undefined,
  caller: string,
  body: unknown,
  answer: IdempotentRequest['answer'],
): IdempotentRequest | undefined {
  if (key === undefined) return undefined;
  if (!/^[\x20-\x7e]{1,255}$/.test(key)) {
    throw ValidationError.of('Idempotency-Key', 'pattern', 'must be 1 to 255 printable ASCII characters');
  }
  return {
    keyHash: sha256(JSON.stringify([caller, key])),
    requestHash: sha256(canonicalize(body) ?? ''),
    answer,
  };
}

/**
 * The answer that was given to this request before, if it was.
 *
 * @throws IdempotencyKeyReusedError when the key was used for another request
 */
export async function earlierAnswer(
  store: AgentStore,
  clock: Clock,
  { keyHash, requestHash }: IdempotentRequest,
): Promise<Answer | undefined> {
  const outcome = await store.outcome(keyHash, clock.now());
  if (outcome === undefined) return undefined;
  if (outcome.requestHash !== requestHash) throw new IdempotencyKeyReusedError();
  return outcome;
}

/** The item that keeps an answer. */
export const toKeep = (request: IdempotentRequest, answer: Answer, now: number): Idempotency => ({
  ...answer,
  keyHash: request.keyHash,
  requestHash: request.requestHash,
  expiresAt: now + IDEMPOTENCY_MS,
});
