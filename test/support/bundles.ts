import { statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { bundleFunction } from '../../lib/bundle.ts';
import type { FunctionShortName } from '../../lib/function-names.ts';

/** Where the handler of each function is, from the project's root. */
const ENTRIES: Readonly<Record<FunctionShortName, string>> = {
  'read-api': 'lambdas/capability/read-api.handler.ts',
  'write-api': 'lambdas/agents/write-api.handler.ts',
  openapi: 'lambdas/openapi/openapi.handler.ts',
  discovery: 'lambdas/discovery/discovery.handler.ts',
  'change-stream': 'lambdas/agents/change-stream.handler.ts',
  'index-base': 'lambdas/capability/index-base.handler.ts',
  'health-api': 'lambdas/health/health-api.handler.ts',
  'http-check': 'lambdas/health/http-check.handler.ts',
  'lambda-check': 'lambdas/health/lambda-check.handler.ts',
  'ecs-check': 'lambdas/health/ecs-check.handler.ts',
  'health-sweep': 'lambdas/health/sweep.handler.ts',
};

/** Some files of a bundle. */
export interface BundlePart {
  /** As they are on disk. */
  readonly bytes: number;
  /** Paths of the modules that are in them, from the project's root. */
  readonly modules: readonly string[];
}

/** A function as it is deployed. */
export interface FunctionBundle {
  /** What a start reads: `index.js` and what it imports at once. */
  readonly start: BundlePart;
  /** All of it. */
  readonly all: BundlePart;
}

/** Bundles a function into a folder, as a deployment does. */
export function bundled(name: FunctionShortName, folder: string): FunctionBundle {
  const { outputs } = bundleFunction(ENTRIES[name], folder);
  const part = (paths: readonly string[]): BundlePart => ({
    bytes: paths.map((path) => statSync(join(folder, basename(path))).size).reduce((sum, size) => sum + size, 0),
    modules: paths.flatMap((path) => Object.keys(outputs[path]?.inputs ?? {})),
  });
  const start = new Set(Object.keys(outputs).filter((path) => basename(path) === 'index.js'));
  for (const path of start) {
    const { imports = [] } = outputs[path] ?? {};
    for (const { path: to, kind, external } of imports) if (kind === 'import-statement' && !external) start.add(to);
  }
  return { start: part([...start]), all: part(Object.keys(outputs)) };
}

/** What the functions find in their environment, as far as a start looks at it; nothing of it leads anywhere. */
export const FUNCTION_ENVIRONMENT: Readonly<Record<string, string>> = {
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'nobody',
  AWS_SECRET_ACCESS_KEY: 'nothing',
  TABLE_NAME: 'the-table',
  ACCOUNT_ID: '123456789012',
  BUCKET_NAME: 'the-bucket',
  EVENT_BUS_NAME: 'the-bus',
  ALLOW_ANONYMOUS: 'true',
  ALLOWED_TOOLS: '*',
  MAX_AGENT_MEMORY: '10gb',
  UNRESOLVED_DEPENDENCIES: 'warn',
  INDEX_MAX_STALENESS_MS: '1000',
  POWERTOOLS_METRICS_NAMESPACE: 'test',
  POWERTOOLS_SERVICE_NAME: 'test',
};
