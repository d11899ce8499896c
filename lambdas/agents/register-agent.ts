import { normaliseName } from './agent-name.ts';
import { type AgentRecord, isLiving } from './agent-record.ts';
import type { AgentDocument } from './agent-schema.ts';
import { type Commit, CommitConflictError, type CommitObstacle } from './agent-store.ts';
import type { Agent } from './agent-view.ts';
import { buildCommit } from './build-commit.ts';
import { commitLoop, type Decision, type WriteContext } from './commit-loop.ts';
import { type Answer, earlierAnswer, type IdempotentRequest, toKeep } from './idempotency.ts';
import { idTaken, NameSearch, nameTaken, resolutionOf } from './name-claim.ts';
import { ownLayer } from './own-layer.ts';
import { runChecks } from './registration-steps.ts';
import { planUpdate } from './update-agent.ts';
import { validateAgentDocument } from './validate-agent.ts';

/** A registration. */
export interface RegisterCommand {
  /** The document in the contract's names. */
  readonly document: unknown;
  readonly actor: string;
  readonly idempotent?: IdempotentRequest;
  /** An id that exists is updated, whatever `conflictResolution` says of names. Default: false. */
  readonly updateExisting?: boolean;
}

/** What became of it: a new agent, the holder of the name or id after a merge, or the answer given before. */
export type Registered = { readonly agent: Agent; readonly created: boolean } | { readonly replayed: Answer };

/** One registration over all its tries. */
class Registration {
  readonly #context: WriteContext;
  readonly #command: RegisterCommand;
  readonly #document: AgentDocument;
  readonly #search = new NameSearch();
  /** Made once, so that a further try after a lost answer speaks of the same agent. */
  readonly #id: string;

  constructor(context: WriteContext, command: RegisterCommand) {
    this.#context = context;
    this.#command = command;
    this.#document = validateAgentDocument(command.document);
    this.#id = this.#document.id ?? `agent_${context.newUlid().toLowerCase()}`;
    runChecks(this.#document, context.policy);
  }

  async decide(obstacle: CommitObstacle | undefined): Promise<Decision<Registered>> {
    const { store, clock } = this.#context;
    const { idempotent } = this.#command;
    this.#search.learn(obstacle);
    const [before, holder] = await Promise.all([
      this.#document.id === undefined ? undefined : store.load(this.#id),
      store.nameHolder(normaliseName(this.#document.name)),
    ]);
    // Read last: whoever holds the id or name by now may be this request itself, sent once before.
    const replayed = idempotent && (await earlierAnswer(store, clock, idempotent));
    if (replayed) return { result: { replayed } };
    return this.#settle(before, holder === this.#id ? undefined : holder);
  }

  /** Both kinds of clash, settled by the agent's `conflictResolution`; no clash: a new agent. */
  async #settle(before: AgentRecord | undefined, holder: string | undefined): Promise<Decision<Registered>> {
    const resolution = resolutionOf(this.#document);
    if (isLiving(before)) {
      if (resolution !== 'merge' && !this.#command.updateExisting) throw idTaken(this.#id);
      return this.#merge(before);
    }
    if (holder === undefined || resolution === 'rename') return this.#create(before, holder);
    if (resolution === 'reject') throw nameTaken(this.#document.name, holder);
    const record = await this.#context.store.load(holder);
    if (!isLiving(record)) throw new CommitConflictError('name');
    return this.#merge(record);
  }

  async #create(before: AgentRecord | undefined, holder: string | undefined): Promise<Decision<Registered>> {
    const { clock, newUlid } = this.#context;
    const now = clock.now();
    const name = this.#search.candidate(this.#document.name, holder, now);
    const layers = [ownLayer(this.#document, now)];
    const cause = { actor: this.#command.actor, reason: 'registered', now, changeId: newUlid(before?.head.changeId) };
    const { commit, agent } = buildCommit({ id: this.#id, before, name, layers }, cause);
    return this.#answer(agent, true, commit, now);
  }

  async #merge(holder: AgentRecord): Promise<Decision<Registered>> {
    const { id: _id, ...patch } = this.#document;
    const command = { patch, actor: this.#command.actor, reason: 'merged' };
    const { commit, agent } = await planUpdate(this.#context, this.#search, holder, command);
    return this.#answer(agent, false, commit, this.#context.clock.now());
  }

  async #answer(
    agent: Agent,
    created: boolean,
    commit: Commit | undefined,
    now: number,
  ): Promise<Decision<Registered>> {
    const { idempotent } = this.#command;
    const result = { agent, created };
    if (!idempotent) return { ...(commit && { commit }), result };
    const idempotency = toKeep(idempotent, idempotent.answer(agent, created), now);
    if (commit) return { commit: { ...commit, idempotency }, result };
    await this.#context.store.keepOutcome(idempotency, now);
    return { result };
  }
}

/**
 * Registers an agent in one transaction: head, layer, name, log entry and the answer under its `Idempotency-Key`, by
 * the steps of `REGISTRATION_STEPS`.
 *
 * @throws ValidationError, TooLargeError; ConflictError when the id exists, or the name does and shall not be shared
 * (`reject`); IdempotencyKeyReusedError; UnavailableError
 */
export async function registerAgent(context: WriteContext, command: RegisterCommand): Promise<Registered> {
  const registration = new Registration(context, command);
  return commitLoop<Registered>(context, (obstacle) => registration.decide(obstacle));
}
