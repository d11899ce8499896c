import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const PROCESS = fileURLToPath(new URL('endpoint-process.ts', import.meta.url));

/** What an endpoint does, and what a check must say of it. */
export const KINDS = { ok: 'OK', fail: 'HTTP_STATUS', hang: 'TIMEOUT' } as const;
export type Kind = keyof typeof KINDS;

export interface Endpoint {
  readonly agentId: string;
  readonly kind: Kind;
  readonly url: string;
}

/** Endpoints of agents, in processes of their own. */
export interface Endpoints extends AsyncDisposable {
  readonly all: readonly Endpoint[];
}

/** Of a hundred agents five hang and five fail, spread evenly. */
const kindOf = (n: number): Kind => (n % 20 === 7 ? 'hang' : n % 20 === 13 ? 'fail' : 'ok');

/** @param processes that share the agents */
export async function startEndpoints(agents: number, processes = 2): Promise<Endpoints> {
  const children: ChildProcess[] = Array.from({ length: processes }, () => fork(PROCESS));
  const ports = await Promise.all(children.map(async (child) => (await once(child, 'message'))[0] as number));
  const all = Array.from({ length: agents }, (_, n): Endpoint => {
    const kind = kindOf(n);
    const agentId = `agent_${n.toString(36).padStart(26, '0')}`;
    return { agentId, kind, url: `http://127.0.0.1:${ports[n % processes]}/${kind}/${agentId}` };
  });
  return {
    all,
    async [Symbol.asyncDispose]() {
      const ends = children.map((child) => once(child, 'exit'));
      for (const child of children) child.disconnect();
      await Promise.all(ends);
    },
  };
}
