import { parseArgs } from 'node:util';

/** What a fleet is asked to be. */
export interface FleetOptions {
  /** Files and folders of agents that are registered first. */
  readonly paths: readonly string[];
  /** Agents that there should be in the end. */
  readonly agents: number;
  readonly requests: number;
  readonly concurrency: number;
  /** Where the registry is. @default - the local stack */
  readonly api: string | undefined;
  readonly json: boolean;
}

export const FLEET_USAGE =
  'npm run fleet -- [PATH…] [--agents 4462] [--requests 2000] [--concurrency 64] [--api URL] [--json]';

function countOf(option: string, text: string): number {
  const count = Number(text);
  if (Number.isSafeInteger(count) && count > 0) return count;
  throw new Error(`--${option} takes a whole number from 1 up, not "${text}"`);
}

/** @throws Error that says what is wrong with the arguments */
export function parseFleetOptions(args: readonly string[]): FleetOptions {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      agents: { type: 'string', default: '4462' },
      requests: { type: 'string', default: '2000' },
      concurrency: { type: 'string', default: '64' },
      api: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  return {
    paths: positionals,
    agents: countOf('agents', values.agents),
    requests: countOf('requests', values.requests),
    concurrency: countOf('concurrency', values.concurrency),
    api: values.api,
    json: values.json,
  };
}
