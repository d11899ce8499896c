import { judgeUrl } from '../shared/address-rules.ts';
import type { AllowedHosts } from '../shared/allowed-hosts.ts';
import { type FieldError, ValidationError } from '../shared/errors.ts';
import { normaliseName } from './agent-name.ts';
import type { AgentDocument } from './agent-schema.ts';
import type { DetailType } from './contract.ts';
import { parseMemorySize } from './memory-size.ts';
import { isObject, type Json } from './merge.ts';

/** What this stage lets an agent have. */
export interface RegistrationPolicy {
  /** Names of the tools that agents may declare; `*` among them allows all. */
  readonly allowedTools: readonly string[];
  /** Largest `config.resourceLimit`, in bytes. */
  readonly maxAgentMemory: number;
  /** Hosts that documents may refer to by http and under private addresses. */
  readonly allowedHosts: AllowedHosts;
}

type Check = (document: AgentDocument, policy: RegistrationPolicy) => FieldError[];

/** A step of the first specification, and where it happens: before the write, in it, or as an answer to its log entry. */
type Step =
  | { readonly name: string; readonly phase: 'check'; readonly check: Check }
  | { readonly name: string; readonly phase: 'transaction' }
  | { readonly name: string; readonly phase: 'reaction'; readonly to: DetailType };

/** A name's normal form is a partition key (2,048 bytes at most); some characters become eighteen under NFKC. */
const MAX_NORMALISED_NAME_BYTES = 1024;

const validateAgentName: Check = ({ name }) => {
  const bytes = Buffer.byteLength(normaliseName(name));
  // A name of joiners and direction marks alone would look like none.
  if (!/[\p{L}\p{N}\p{P}\p{S}]/u.test(name)) return [{ field: 'name', rule: 'blank', message: 'must not be blank' }];
  if (bytes <= MAX_NORMALISED_NAME_BYTES) return [];
  return [
    { field: 'name', rule: 'maxBytes', message: `must have at most ${MAX_NORMALISED_NAME_BYTES} bytes in normal form` },
  ];
};

const checkResourceAvailability: Check = ({ config }, { maxAgentMemory }) => {
  const wanted = config?.resourceLimit === undefined ? 0 : parseMemorySize(config.resourceLimit);
  if (wanted <= maxAgentMemory) return [];
  return [{ field: 'config.resourceLimit', rule: 'maximum', message: `must be at most ${maxAgentMemory} bytes` }];
};

/** `Bash(npm test:*)` uses the tool `Bash`. */
const toolName = (tool: string): string => tool.split('(', 1)[0]?.trim() ?? tool;

const verifyToolPermissions: Check = ({ config }, { allowedTools }) => {
  if (allowedTools.includes('*')) return [];
  return (config?.tools ?? []).flatMap((tool, index) =>
    allowedTools.includes(toolName(tool))
      ? []
      : [{ field: `config.tools.${index}`, rule: 'toolPermission', message: `"${tool}" is not allowed on this stage` }],
  );
};

/** An address of which users fill in a part, `https://{host}/mcp`, is none that anybody could connect to. */
const isTemplate = (url: string): boolean => /%7b|[{}]/i.test(url);

function judgeServer(field: string, url: unknown, policy: RegistrationPolicy): FieldError[] {
  if (url === undefined || url === null) return [];
  if (typeof url !== 'string') return [{ field, rule: 'type', message: 'must be a text' }];
  const judged = isTemplate(url) ? undefined : judgeUrl(url, policy);
  return judged === undefined || judged instanceof URL ? [] : [{ field, ...judged }];
}

/**
 * No server is declared twice, and each that the agent defines itself is somewhere that the registry may ask: not within
 * our own network. What an A2A card says of itself, `config.a2a`, is not judged: the registry never fetches it.
 */
const establishMcpConnections: Check = ({ config }, policy) => {
  const servers = config?.mcpServers ?? [];
  const twice = servers.flatMap((server, index) =>
    servers.indexOf(server) === index
      ? []
      : [{ field: `config.mcpServers.${index}`, rule: 'unique', message: `"${server}" is declared twice` }],
  );
  const definitions = (config as Json | undefined)?.mcpServerDefinitions;
  const addresses = Object.entries(isObject(definitions) ? definitions : {}).flatMap(([name, definition]) =>
    isObject(definition) ? judgeServer(`config.mcpServerDefinitions.${name}.url`, definition.url, policy) : [],
  );
  return [...twice, ...addresses];
};

/** What monitoring will ask must be somewhere that it may go: not within our own network. */
const checkMonitoredAddress: Check = ({ monitoring }, policy) => {
  const check = monitoring?.healthCheck;
  const judged = check?.type === 'http' ? judgeUrl(check.url, policy) : undefined;
  if (judged === undefined || judged instanceof URL) return [];
  return [{ field: 'monitoring.healthCheck.url', ...judged }];
};

/**
 * The nine steps of registration (first specification, "Registration Process") as they are here: pure checks, then
 * ONE transaction, then reactions that follow from its log entry and so need no undoing.
 */
export const REGISTRATION_STEPS: readonly Step[] = [
  { name: 'validate_agent_name', phase: 'check', check: validateAgentName },
  { name: 'check_resource_availability', phase: 'check', check: checkResourceAvailability },
  { name: 'verify_tool_permissions', phase: 'check', check: verifyToolPermissions },
  { name: 'establish_mcp_connections', phase: 'check', check: establishMcpConnections },
  { name: 'allocate_resources', phase: 'transaction' },
  { name: 'create_registry_entry', phase: 'transaction' },
  { name: 'notify_queen_controller', phase: 'reaction', to: 'AgentRegistered' },
  { name: 'enable_monitoring', phase: 'reaction', to: 'AgentRegistered' },
  { name: 'activate_hot_reload', phase: 'reaction', to: 'AgentRegistered' },
];

/** What one check of {@link REGISTRATION_STEPS} finds wrong. */
export function runCheck(name: string, document: AgentDocument, policy: RegistrationPolicy): FieldError[] {
  const step = REGISTRATION_STEPS.find((one) => one.name === name);
  return step?.phase === 'check' ? step.check(document, policy) : [];
}

/**
 * Runs every check of {@link REGISTRATION_STEPS} on the whole document, of a new agent or a changed one, and judges the
 * address that monitoring is to ask: `enable_monitoring` comes too late to refuse it.
 *
 * @throws ValidationError with all that any of them found.
 */
export function runChecks(document: AgentDocument, policy: RegistrationPolicy): void {
  const checks = REGISTRATION_STEPS.flatMap((step) => (step.phase === 'check' ? [step.check] : []));
  const errors = [...checks, checkMonitoredAddress].flatMap((check) => check(document, policy));
  if (errors.length > 0) throw new ValidationError(errors);
}

/**
 * The nine steps of deregistration (first specification, "Deregistration Process"), likewise. An agent that is gone
 * from the index gets no further task; tasks that still run end with their leases, which is why they hold up nothing.
 */
export const DEREGISTRATION_STEPS: readonly Exclude<Step, { check: Check }>[] = [
  { name: 'validate_agent_exists', phase: 'transaction' },
  { name: 'check_active_tasks', phase: 'reaction', to: 'AgentUnregistered' },
  { name: 'graceful_task_termination', phase: 'reaction', to: 'AgentUnregistered' },
  { name: 'close_mcp_connections', phase: 'reaction', to: 'AgentUnregistered' },
  { name: 'release_allocated_resources', phase: 'transaction' },
  { name: 'remove_registry_entry', phase: 'transaction' },
  { name: 'notify_queen_controller', phase: 'reaction', to: 'AgentUnregistered' },
  { name: 'cleanup_monitoring_data', phase: 'reaction', to: 'AgentUnregistered' },
  { name: 'update_dependent_agents', phase: 'reaction', to: 'AgentUnregistered' },
];
