import { EventEmitter } from 'node:events';
import type { AgentInstance, AgentInstanceEvents } from '../../lambdas/agents/agent-instance.ts';
import type { AgentDocument } from '../../lambdas/agents/agent-schema.ts';
import { aDocument } from './agents.ts';

/** A running agent, made ready as a test wants it. */
export class TestAgent extends EventEmitter<AgentInstanceEvents> implements AgentInstance {
  readonly document: AgentDocument;
  initialised = 0;
  failure: Error | undefined;
  /** What happens when it is made ready. */
  whenInitialised: () => void | Promise<void> = () => undefined;

  constructor(document: Partial<AgentDocument> = {}) {
    super();
    this.document = aDocument({ id: 'calendar-agent', ...document });
  }

  async initialize(): Promise<void> {
    this.initialised += 1;
    await this.whenInitialised();
    if (this.failure) throw this.failure;
  }
}
