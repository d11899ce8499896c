import { type DynamoDBDocumentClient, TransactGetCommand } from '@aws-sdk/lib-dynamodb';
import type { Head } from '../../lambdas/agents/agent-record.ts';
import type { WriteContext } from '../../lambdas/agents/commit-loop.ts';
import { deregisterAgent } from '../../lambdas/agents/deregister-agent.ts';
import { DynamoAgentStore } from '../../lambdas/agents/dynamo-agent-store.ts';
import { keys, toHead } from '../../lambdas/agents/dynamo-items.ts';
import { registerAgent } from '../../lambdas/agents/register-agent.ts';
import { updateHealth } from '../../lambdas/agents/settle-health.ts';
import { type Beat, foldBeat } from '../../lambdas/health/beats/beat.ts';
import { DynamoBeatStore } from '../../lambdas/health/beats/dynamo-beat-store.ts';
import { takeHeartbeat } from '../../lambdas/health/beats/take-heartbeat.ts';
import { toBeat } from '../../lambdas/health/beats/to-beat.ts';
import { HealthMonitor } from '../../lambdas/health/health-monitor.ts';
import { DynamoBeatWriter } from '../../lambdas/health/publisher/dynamo-beat-writer.ts';
import { createDocumentClient } from '../../lambdas/shared/aws-clients.ts';
import { systemClock } from '../../lambdas/shared/clock.ts';
import { RegistryError } from '../../lambdas/shared/errors.ts';
import { createUlidFactory } from '../../lambdas/shared/ids.ts';
import { WITHOUT_WAITING } from './agents.ts';
import { awsClientConfig } from './local-stack.ts';
import { Stepped } from './stepped.ts';

/**
 * What becomes of a write: its answer is lost on the way, or it is sent once more, however late, because the answer to the
 * first sending was lost.
 */
export type WriteFault = 'lost' | 'again' | undefined;

/** What somebody does to the agent. */
export type Deed = 'own beat' | 'beat by REST' | 'deregister' | 'register' | 'evict';

/** The agent as the table has it at one moment. */
export interface RaceView {
  readonly head: Head | undefined;
  readonly beat: Beat | undefined;
}

/** Somebody who does one deed after the other, each call of the table a step. */
export interface Racer {
  readonly stepped: Stepped;
  /** What nobody expects to go wrong, and did. */
  readonly faults: unknown[];
}

const TTL_SECONDS = 90;

/** Long enough ago that a lease has ended that began then. */
const LONG_AGO_MS = 10 * 60_000;

const WRITES = ['UpdateItemCommand', 'TransactWriteItemsCommand'];

/** A client each of whose calls takes a turn before it takes effect, and another before its answer arrives. */
function steppedClient(endpoint: string, { turn }: Stepped, faults: readonly WriteFault[]): DynamoDBDocumentClient {
  const client = createDocumentClient(awsClientConfig(endpoint));
  let writes = 0;
  /** Calls that are made side by side step one after the other. */
  let last: Promise<unknown> = Promise.resolve();
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      (args) => {
        const fault = WRITES.includes(commandName) ? faults[writes++ % faults.length] : undefined;
        const call = last.then(async () => {
          await turn();
          if (fault === 'again') {
            await next(args).catch(() => undefined);
            await turn();
          }
          const answer = await next(args).finally(turn);
          if (fault === 'lost') throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
          return answer;
        });
        last = call.catch(() => undefined);
        return call;
      },
    { step: 'initialize' },
  );
  return client;
}

/** One agent that is healthy by a lease which has ended, and those who race for it. */
export class BeatRace {
  readonly id: string;
  readonly #endpoint: string;
  readonly #table: string;
  readonly #plain: DynamoDBDocumentClient;

  constructor(plain: DynamoDBDocumentClient, { endpoint, table, id }: { endpoint: string; table: string; id: string }) {
    this.#plain = plain;
    this.#endpoint = endpoint;
    this.#table = table;
    this.id = id;
  }

  /** Registers the agent, which has beaten long ago. */
  async begin(): Promise<Head> {
    const context = this.#contextOf(this.#plain);
    await this.#register(context);
    await updateHealth(context, { id: this.id, health: 'healthy', actor: 'tester', reason: 'tested' });
    const { head } = await this.view();
    if (head === undefined) throw new Error('It was not registered');
    const at = Date.now() - LONG_AGO_MS;
    const said = { ttl: TTL_SECONDS, status: 'healthy' } as const;
    const place = { agentId: this.id, incarnation: head.incarnation, streak: 0, recent: [] };
    const beaten = foldBeat(foldBeat(place, { ...said, at: at - 1 }), { ...said, at });
    await new DynamoBeatStore(this.#plain, this.#table).write(beaten);
    return head;
  }

  /** Head and beat as they are at one and the same moment. */
  async view(): Promise<RaceView> {
    const get = (Key: Record<string, string>) => ({ Get: { TableName: this.#table, Key } });
    const { Responses = [] } = await this.#plain.send(
      new TransactGetCommand({ TransactItems: [get(keys.head(this.id)), get(keys.beat(this.id))] }),
    );
    const [head, beat] = Responses.map(({ Item }) => Item);
    return { head: head && toHead(head), beat: beat && toBeat(this.id, beat) };
  }

  /** Somebody who begins when it is first told to step. */
  racer(deeds: readonly Deed[], faults: readonly WriteFault[]): Racer {
    const stepped = new Stepped();
    const client = steppedClient(this.#endpoint, stepped, faults);
    const unexpected: unknown[] = [];
    const does = this.#deeds(client);
    stepped.start(async () => {
      for (const deed of deeds) {
        await does[deed]().catch((error: unknown) => {
          if (!(error instanceof RegistryError)) unexpected.push(error);
        });
      }
      client.destroy();
    });
    return { stepped, faults: unexpected };
  }

  #deeds(client: DynamoDBDocumentClient): Readonly<Record<Deed, () => Promise<unknown>>> {
    const context = this.#contextOf(client);
    const beats = new DynamoBeatStore(client, this.#table);
    const monitor = new HealthMonitor({ context, beats, checks: { find: async () => undefined } });
    const writer = new DynamoBeatWriter({ client, table: this.#table });
    const ports = { beats, agents: context.store, monitor, clock: systemClock, retries: WITHOUT_WAITING };
    const { id } = this;
    return {
      'own beat': () => writer.write({ agentId: id, agentType: 'racer', status: 'healthy', ttlSeconds: TTL_SECONDS }),
      'beat by REST': () => takeHeartbeat(ports, id, { status: 'healthy', ttl: TTL_SECONDS }),
      deregister: () => deregisterAgent(context, { id, actor: 'tester' }),
      register: () => this.#register(context),
      evict: () => monitor.settle(id, { evict: true }),
    };
  }

  #register(context: WriteContext) {
    return registerAgent(context, { document: { id: this.id, name: this.id }, actor: 'tester' });
  }

  #contextOf(client: DynamoDBDocumentClient): WriteContext {
    return {
      store: new DynamoAgentStore(client, this.#table),
      clock: systemClock,
      newUlid: createUlidFactory(systemClock),
      policy: { allowedTools: ['*'], maxAgentMemory: 1024, allowedHosts: [] },
      retries: WITHOUT_WAITING,
    };
  }
}

/** Whether an agent's lease has ended. */
export const isExpired = ({ at = 0, ttl = 0 }: Beat): boolean => at + ttl * 1_000 <= Date.now();
