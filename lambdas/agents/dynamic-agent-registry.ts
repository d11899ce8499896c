import { EventEmitter } from 'node:events';
import { ValidationError } from '../shared/errors.ts';
import {
  type AgentInstance,
  HEALTH_OF_STATUS,
  listen,
  type RegisteredAgent,
  registeredAgentOf,
} from './agent-instance.ts';
import type { AgentDocument } from './agent-schema.ts';
import type { Agent } from './agent-view.ts';
import type { WriteContext } from './commit-loop.ts';
import type { DetailType } from './contract.ts';
import { deregisterAgent } from './deregister-agent.ts';
import type { Json } from './merge.ts';
import { resolutionOf } from './name-claim.ts';
import { registerAgent } from './register-agent.ts';
import { updateHealth } from './settle-health.ts';
import type { Status } from './status.ts';
import { type Updated, updateAgent } from './update-agent.ts';

/** Told in this process once a change is committed; the world hears of it from the change log. */
export type RegistryEvents = Record<DetailType, [agent: RegisteredAgent]> & {
  /**
   * A write that nobody waits for failed: one that followed from an instance's event, which its next event tries again,
   * or the deregistration of an agent that could not be initialised.
   */
  writeFailed: [error: unknown, agentId: string];
};

/** What a registry works with. */
export interface DynamicAgentRegistryConfig extends WriteContext {
  /** The name under which this host acts, in the log and as the owner of what it registers. */
  readonly actor: string;
}

interface Hosted {
  readonly instance: AgentInstance;
  agent: RegisteredAgent;
  /** Takes the listeners off. */
  readonly release: () => void;
}

/**
 * The registry of a process that hosts agents (second specification, "Programmatic Registration"): memory for reading,
 * the table for truth. What other processes host is found through the API.
 */
export class DynamicAgentRegistry extends EventEmitter<RegistryEvents> {
  readonly #config: DynamicAgentRegistryConfig;
  readonly #hosted = new Map<string, Hosted>();
  /** The last write of each agent: events of one instance are written one after the other. */
  readonly #writes = new Map<string, Promise<void>>();

  constructor(config: DynamicAgentRegistryConfig) {
    super();
    this.#config = config;
  }

  /**
   * Registers a running agent by the six steps of the specification. A host that starts again registers the same id
   * again, so an id that exists is updated, unless the agent says `reject`.
   *
   * @throws what `registerAgent` throws; what `initialize` throws, and then this host does not have the agent, nor has
   * the registry if it was made by this call
   */
  async registerAgent(instance: AgentInstance): Promise<RegisteredAgent> {
    // 3. Persist, and 4. publish: the transaction's log entry is what EventBridge announces.
    const { agent, created } = await this.#persist(instance.document);
    // 1. Store the instance, 2. create its metadata. (Only now is it known under which id and name.)
    const hosted = this.#host(instance, agent);
    try {
      // 5. Listeners stand in `#host`. 6. Initialise.
      await instance.initialize();
    } catch (error) {
      await this.#takeBack(agent, created);
      throw error;
    }
    this.emit(created ? 'AgentRegistered' : 'AgentUpdated', hosted.agent);
    return hosted.agent;
  }

  /** An agent that was there before stays: another host may run it. So does one that was changed since. */
  async #takeBack({ id, revision }: Agent, created: boolean): Promise<void> {
    await this.#letGo(id);
    if (!created) return;
    const command = { id, actor: this.#config.actor, reason: 'initialisation failed', condition: [revision] };
    await deregisterAgent(this.#config, command).catch((failure: unknown) => this.emit('writeFailed', failure, id));
  }

  /** Takes an agent out of this process, after its last write. */
  async #letGo(agentId: string): Promise<Hosted | undefined> {
    const hosted = this.#hosted.get(agentId);
    hosted?.release();
    this.#hosted.delete(agentId);
    await this.#writes.get(agentId);
    this.#writes.delete(agentId);
    return hosted;
  }

  /**
   * Takes a hosted agent out of this process and out of the registry.
   *
   * @throws NotFoundError when the registry does not know it (any more); it is out of this process all the same
   */
  async unregisterAgent(agentId: string, reason = 'deregistered'): Promise<void> {
    const hosted = await this.#letGo(agentId);
    await deregisterAgent(this.#config, { id: agentId, actor: this.#config.actor, reason });
    if (hosted) this.emit('AgentUnregistered', hosted.agent);
  }

  /**
   * Changes an agent by a merge patch.
   *
   * @throws what `updateAgent` throws
   */
  async updateAgent(agentId: string, patch: Json): Promise<RegisteredAgent> {
    const updated = await updateAgent(this.#config, { id: agentId, patch, actor: this.#config.actor });
    return this.#remember(updated, 'AgentUpdated');
  }

  getAgent(agentId: string): RegisteredAgent | undefined {
    return this.#hosted.get(agentId)?.agent;
  }

  getInstance(agentId: string): AgentInstance | undefined {
    return this.#hosted.get(agentId)?.instance;
  }

  /** Resolves once every event that an agent has raised so far is written or has failed. */
  async settled(agentId: string): Promise<void> {
    await this.#writes.get(agentId);
  }

  getAllAgents(): RegisteredAgent[] {
    return [...this.#hosted.values()].map(({ agent }) => agent);
  }

  findByCapability(capability: string): RegisteredAgent[] {
    return this.getAllAgents().filter(({ capabilities }) => capabilities.includes(capability));
  }

  async #persist(document: AgentDocument): Promise<{ agent: Agent; created: boolean }> {
    const updateExisting = resolutionOf(document) !== 'reject';
    const command = { document, actor: this.#config.actor, updateExisting };
    const registered = await registerAgent(this.#config, command);
    if ('replayed' in registered) throw new Error('A registration without a key cannot be a repeat');
    return registered;
  }

  #host(instance: AgentInstance, agent: Agent): Hosted {
    const { id } = agent;
    this.#hosted.get(id)?.release();
    const release = listen(instance, {
      statusChanged: (status) => this.#inOrder(id, () => this.#writeStatus(id, status)),
      capacityChanged: (capacity) => this.#inOrder(id, () => this.#writeCapacity(id, capacity)),
    });
    const hosted: Hosted = { instance, agent: registeredAgentOf(agent, 0), release };
    this.#hosted.set(id, hosted);
    return hosted;
  }

  async #writeStatus(id: string, status: Status): Promise<void> {
    const health = HEALTH_OF_STATUS[status];
    if (health === undefined) throw ValidationError.of('status', 'enum', `"${status}" is no status of an agent`);
    const command = { id, health, actor: this.#config.actor, reason: 'told by the agent' };
    this.#remember(await updateHealth(this.#config, command), 'AgentStatusUpdated');
  }

  /** How many slots there are is configuration; how many are taken is nobody's business but this process's memory. */
  async #writeCapacity(id: string, { maxConcurrent, current }: RegisteredAgent['capacity']): Promise<void> {
    const hosted = this.#hosted.get(id);
    if (hosted === undefined) return;
    const known = hosted.agent.capacity.maxConcurrent;
    hosted.agent = { ...hosted.agent, capacity: { maxConcurrent: known, current } };
    if (maxConcurrent !== known) await this.updateAgent(id, { capacity: { maxConcurrent } });
  }

  /** Keeps what a write made of an agent, and tells this process of it if it was news. */
  #remember({ agent, changed }: Updated, event: DetailType): RegisteredAgent {
    const hosted = this.#hosted.get(agent.id);
    const registered = registeredAgentOf(agent, hosted?.agent.capacity.current ?? 0);
    if (hosted) hosted.agent = registered;
    if (changed) this.emit(event, registered);
    return registered;
  }

  /** Runs an agent's writes one after the other; none stops those behind it. */
  #inOrder(agentId: string, write: () => Promise<void>): void {
    const earlier = this.#writes.get(agentId) ?? Promise.resolve();
    const done = earlier.then(write).catch((error: unknown) => {
      this.emit('writeFailed', error, agentId);
    });
    this.#writes.set(agentId, done);
  }
}
