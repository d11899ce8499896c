import type { ApiCall, ApiClient } from '../../../bin/cli/api-client.ts';
import { ApiProblemError } from '../../../bin/cli/api-problem-error.ts';
import { describeAgent } from '../../../lambdas/agents/agent.ts';
import type { AgentRecord, Layer } from '../../../lambdas/agents/agent-record.ts';
import { type Json, patchLayer } from '../../../lambdas/agents/merge.ts';

const idIn = (path: string): string => decodeURIComponent(path.slice('/registry/agents/'.length));

/** A registry in memory that shows and merges agents as the real one does, and notes every call that writes. */
export class FakeRegistry implements ApiClient {
  readonly baseUrl = 'memory:';
  readonly writes: ApiCall[] = [];
  readonly #records = new Map<string, AgentRecord>();
  readonly #refusals = new Map<string, number>();

  /** From now on every call about this id, by `GET` or in a body, is refused. */
  refuse(id: string, status: number): void {
    this.#refusals.set(id, status);
  }

  agent(id: string): Json | undefined {
    const record = this.#records.get(id);
    return record && { ...describeAgent(record) };
  }

  ids(): string[] {
    return [...this.#records.keys()].sort();
  }

  /** Puts an agent there behind the callers' backs. */
  put(document: Json & { readonly id: string; readonly name: string }, givenName = document.name): void {
    const layer: Layer = { source: 'dynamodb', origin: null, updatedAt: '', document, removed: [] };
    this.#save(document.id, givenName, layer);
  }

  #save(id: string, name: string, layer: Layer): void {
    const revision = (this.#records.get(id)?.head.revision ?? 0) + 1;
    const head = {
      id,
      name,
      revision,
      health: 'unknown',
      healthSince: '',
      owner: 'me',
      createdAt: '',
      lastModified: '',
      changeId: '',
      incarnation: '',
      deleted: false,
    } as const;
    this.#records.set(id, { head, layers: [layer] });
  }

  async call<Answer>(call: ApiCall): Promise<Answer> {
    const body = (call.body ?? {}) as Json & { readonly id: string; readonly name: string };
    const id = call.method === 'POST' ? body.id : idIn(call.path);
    const refusal = this.#refusals.get(id);
    if (refusal !== undefined) throw new ApiProblemError(refusal, '{"title":"Refused","detail":"by the test"}');
    if (call.method !== 'GET') this.writes.push(call);
    if (call.method === 'POST') this.put(body);
    const record = this.#records.get(id);
    const layer = record?.layers[0];
    if (!record || !layer) throw new ApiProblemError(404, '');
    if (call.method === 'PUT') this.#save(id, body.name ?? record.head.name, patchLayer(layer, body));
    return this.agent(id) as Answer;
  }
}
