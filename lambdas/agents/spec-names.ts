import { type FieldError, ValidationError } from '../shared/errors.ts';
import { withContractServers } from './contract-servers.ts';
import { isObject, type Json } from './merge.ts';

/**
 * The first specification's names beside the contract's, by the object in which they stand. Only these objects are
 * touched: the maps below `configuration` and unknown keys of `config` belong to the user.
 */
export const SPEC_NAMES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '': {
    agent_id: 'id',
    file_path: 'filePath',
    operator_mode: 'operatorMode',
    response_queue: 'responseQueue',
    conflict_resolution: 'conflictResolution',
    created_at: 'createdAt',
    last_modified: 'lastModified',
    last_activity: 'lastActivity',
    last_health_check: 'lastHealthCheck',
  },
  config: {
    mcp_servers: 'mcpServers',
    'mcp-servers': 'mcpServers',
    resource_limit: 'resourceLimit',
    conflict_resolution: 'conflictResolution',
  },
  capacity: { max_concurrent: 'maxConcurrent', max_concurrent_tasks: 'maxConcurrent' },
  relationships: {
    parent_agent: 'parentAgent',
    child_agents: 'childAgents',
    template_source: 'templateSource',
    cloned_from: 'clonedFrom',
  },
  monitoring: {
    health_check: 'healthCheck',
    resource_check: 'resourceCheck',
    functionality_test: 'functionalityTest',
  },
  'monitoring.resourceCheck': { memory_usage: 'memoryUsage', cpu_usage: 'cpuUsage', task_queue: 'taskQueue' },
  'monitoring.healthCheck': {
    function_name: 'functionName',
    interval_seconds: 'intervalSeconds',
    timeout_seconds: 'timeoutSeconds',
  },
};

/** Values of `monitoring.functionalityTest` in the first specification's spelling. */
const SPEC_TESTS: ReadonlyMap<unknown, string> = new Map([
  ['tool_access', 'toolAccess'],
  ['mcp_connections', 'mcpConnections'],
  ['file_permissions', 'filePermissions'],
]);

function withContractTests(monitoring: Json): Json {
  const { functionalityTest: tests } = monitoring;
  if (!Array.isArray(tests)) return monitoring;
  return { ...monitoring, functionalityTest: tests.map((test) => SPEC_TESTS.get(test) ?? test) };
}

/** Query parameters of the first specification beside the contract's. */
export const SPEC_PARAMETERS: Readonly<Record<string, string>> = { migrate_tasks: 'migrateTasks' };

const sameValue = (left: unknown, right: unknown): boolean => JSON.stringify(left) === JSON.stringify(right);

/** An object in the contract's names. What is given in both spellings, with different values, is added to the errors. */
export function renamed(
  object: Json,
  names: Readonly<Record<string, string>>,
  path: string,
  errors: FieldError[],
): Json {
  const result: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(object)) {
    const name = Object.hasOwn(names, key) ? (names[key] as string) : key;
    if (Object.hasOwn(result, name) && !sameValue(result[name], value)) {
      errors.push({
        field: path ? `${path}.${name}` : name,
        rule: 'spelledTwice',
        message: 'is given in both spellings, with different values',
      });
    }
    result[name] = value;
  }
  return result;
}

function mapped(value: unknown, path: string, errors: FieldError[]): unknown {
  if (!isObject(value)) return value;
  const object = renamed(value, SPEC_NAMES[path] ?? {}, path, errors);
  const children = Object.keys(object).map((key) => [key, path ? `${path}.${key}` : key] as const);
  return Object.fromEntries(
    children.map(([key, child]) => [
      key,
      Object.hasOwn(SPEC_NAMES, child) ? mapped(object[key], child, errors) : object[key],
    ]),
  );
}

/**
 * A request or file in the contract's names and forms: a bare capability array becomes `{core: […]}`, MCP servers become
 * names and definitions, and credentials in these stay behind. What comes out may go in again, and comes out the same.
 *
 * @throws ValidationError where both spellings of one field say different things, or MCP servers cannot be read.
 */
export function toContractNames(document: unknown): unknown {
  const errors: FieldError[] = [];
  const result = mapped(document, '', errors);
  if (!isObject(result)) return result;
  const { capabilities, config, monitoring } = result;
  const inForm = {
    ...result,
    ...(Array.isArray(capabilities) && { capabilities: { core: capabilities } }),
    ...(isObject(monitoring) && { monitoring: withContractTests(monitoring) }),
    ...(isObject(config) && { config: withContractServers(config, errors) }),
  };
  if (errors.length > 0) throw new ValidationError(errors);
  return inForm;
}

/** Query parameters in the contract's names. Throws ValidationError where both spellings differ. */
export function toContractParameters(query: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const errors: FieldError[] = [];
  const result = renamed(query, SPEC_PARAMETERS, '', errors);
  if (errors.length > 0) throw new ValidationError(errors);
  return result as Record<string, string>;
}
