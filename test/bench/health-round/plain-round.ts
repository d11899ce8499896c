import pMap from 'p-map';
import type { Endpoint } from './endpoints.ts';

/**
 * The plainest round that does the same asking: Node's own `fetch`, which knows no rules of addresses, with as many
 * requests at once, and nothing kept of what it finds.
 *
 * @returns how many were found as they are
 */
export async function plainRound(endpoints: readonly Endpoint[], atOnce: number, timeoutMs: number): Promise<number> {
  const found = await pMap(
    endpoints,
    async ({ url, kind }) => {
      try {
        const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs), redirect: 'manual' });
        await response.body?.cancel();
        return response.status === (kind === 'ok' ? 200 : 500);
      } catch {
        return kind === 'hang';
      }
    },
    { concurrency: atOnce },
  );
  return found.filter(Boolean).length;
}
