import pMap from 'p-map';
import { effectiveDocument } from '../agents/agent.ts';
import { isLiving } from '../agents/agent-record.ts';
import type { AgentDocument } from '../agents/agent-schema.ts';
import type { AgentStore } from '../agents/agent-store.ts';
import { isObject } from '../agents/merge.ts';
import { type RegistrationPolicy, runCheck } from '../agents/registration-steps.ts';
import type { Handshake } from '../services/mcp-handshake.ts';
import type { ServiceDocument } from '../services/service-document.ts';
import type { FieldError } from '../shared/errors.ts';
import type { UNRESOLVED_DEPENDENCIES } from './contract.ts';
import { ManifestRefusedError } from './declared-layers.ts';
import { type Circle, findCircle } from './dependency-circle.ts';
import type { ValidationStep } from './reload-status.ts';

/** What the steps ask. */
export interface ValidationPorts {
  readonly store: AgentStore;
  readonly policy: RegistrationPolicy;
  /** The service that an agent calls by a name, as the service list has it. */
  readonly findService: (name: string) => Promise<ServiceDocument | undefined>;
  /** Asks an MCP server whether it is there. */
  readonly handshake: (url: string, type: 'streamable-http' | 'sse') => Promise<Handshake>;
  /** What happens when something that is depended on is not there. */
  readonly unresolved: (typeof UNRESOLVED_DEPENDENCIES)[number];
}

/** An agent as it would be with the manifest, all sources together. */
export interface Candidate {
  readonly id: string;
  readonly document: AgentDocument;
}

/** What a step found: errors refuse the manifest, warnings are told. */
interface Findings {
  readonly errors: readonly FieldError[];
  readonly warnings: readonly FieldError[];
}

type Step = (candidate: Candidate, ports: ValidationPorts) => Findings | Promise<Findings>;

const errorsOnly = (errors: readonly FieldError[]): Findings => ({ errors, warnings: [] });

/** What is not there is told, or refuses the manifest, as the stage has it. */
const unresolved = (found: readonly FieldError[], { unresolved: what }: ValidationPorts): Findings =>
  what === 'refuse' ? { errors: found, warnings: [] } : { errors: [], warnings: found };

const together = (findings: readonly Findings[]): Findings => ({
  errors: findings.flatMap(({ errors }) => errors),
  warnings: findings.flatMap(({ warnings }) => warnings),
});

/** Where a server answers, as the agent itself says. */
function ownEndpoint(
  document: AgentDocument,
  server: string,
): { url: string; type: 'streamable-http' | 'sse' } | undefined {
  const definitions = document.config?.mcpServerDefinitions;
  const definition = isObject(definitions) && Object.hasOwn(definitions, server) ? definitions[server] : undefined;
  if (!isObject(definition) || typeof definition.url !== 'string') return undefined;
  return { url: definition.url, type: definition.type === 'sse' ? 'sse' : 'streamable-http' };
}

const isOwn = (document: AgentDocument, server: string): boolean => {
  const definitions = document.config?.mcpServerDefinitions;
  return isObject(definitions) && Object.hasOwn(definitions, server);
};

/** A part of the address that users fill in makes it one that nobody can ask. */
const isWhole = (url: string): boolean => !/%7b|\{/i.test(url);

async function checkServer(
  candidate: Candidate,
  index: number,
  server: string,
  ports: ValidationPorts,
): Promise<Findings> {
  const { document } = candidate;
  const field = `config.mcpServers.${index}`;
  const own = ownEndpoint(document, server);
  if (own) return answers(own.url, own.type, `config.mcpServerDefinitions.${server}.url`, ports);
  const service = await ports.findService(server);
  if (service === undefined) {
    if (isOwn(document, server)) return errorsOnly([]);
    return unresolved([{ field, rule: 'unlistedService', message: `no service called "${server}" is listed` }], ports);
  }
  const endpoint = service.endpoints.find(({ type, url }) => type !== 'http' && isWhole(url));
  if (endpoint === undefined || endpoint.type === 'http') return errorsOnly([]);
  return answers(endpoint.url, endpoint.type, field, ports);
}

async function answers(
  url: string,
  type: 'streamable-http' | 'sse',
  field: string,
  ports: ValidationPorts,
): Promise<Findings> {
  if (!isWhole(url)) return errorsOnly([]);
  const { alive, reason = 'does not answer' } = await ports.handshake(url, type);
  return errorsOnly(alive ? [] : [{ field, rule: 'mcpConnectivity', message: `the MCP server ${reason}` }]);
}

const checkMcpServers: Step = async (candidate, ports) => {
  const servers = candidate.document.config?.mcpServers ?? [];
  const found = await pMap(servers, (server, index) => checkServer(candidate, index, server, ports), {
    concurrency: 4,
  });
  return together([errorsOnly(runCheck('establish_mcp_connections', candidate.document, ports.policy)), ...found]);
};

const checkServices: Step = async ({ document }, ports) => {
  const services = document.dependencies?.services ?? [];
  const found = await pMap(services, async (service, index): Promise<FieldError[]> => {
    if ((await ports.findService(service)) !== undefined) return [];
    const message = `no service called "${service}" is listed`;
    return [{ field: `dependencies.services.${index}`, rule: 'unlistedService', message }];
  });
  return unresolved(found.flat(), ports);
};

const checkAgents: Step = async ({ document }, ports) => {
  const agents = document.dependencies?.agents ?? [];
  const found = await pMap(
    agents,
    async (agent, index): Promise<FieldError[]> => {
      if (isLiving(await ports.store.load(agent))) return [];
      return [{ field: `dependencies.agents.${index}`, rule: 'missingAgent', message: `there is no agent ${agent}` }];
    },
    { concurrency: 8 },
  );
  return unresolved(found.flat(), ports);
};

const circleError = (circle: Circle): FieldError => ({
  field: 'dependencies.agents',
  rule: 'circle',
  message: `agents depend on each other in a circle: ${circle.join(' -> ')}`,
});

/** Whether the agent depends on itself through others, as the registry has them now. */
export async function checkCircle({ id, document }: Candidate, { store }: ValidationPorts): Promise<FieldError[]> {
  const dependenciesOf = async (agent: string) => {
    const record = await store.load(agent);
    return isLiving(record) ? (effectiveDocument(record.layers).dependencies?.agents ?? []) : [];
  };
  const circle = await findCircle(id, document.dependencies?.agents ?? [], dependenciesOf);
  return circle === undefined ? [] : [circleError(circle)];
}

const checkConflicts: Step = async (candidate, ports) =>
  together([
    await checkServices(candidate, ports),
    await checkAgents(candidate, ports),
    errorsOnly(await checkCircle(candidate, ports)),
  ]);

/** Steps 2 to 5 of the first specification; the first one has made the document what it is. */
const STEPS: readonly (readonly [ValidationStep, Step])[] = [
  [
    'resource_availability_check',
    ({ document }, { policy }) => errorsOnly(runCheck('check_resource_availability', document, policy)),
  ],
  ['mcp_server_connectivity', checkMcpServers],
  [
    'tool_permission_verification',
    ({ document }, { policy }) => errorsOnly(runCheck('verify_tool_permissions', document, policy)),
  ],
  ['conflict_detection', checkConflicts],
];

/**
 * Takes an agent through the steps of validation before it serves (first specification, "Hot Reloading Process").
 *
 * @returns what is served but should be mended
 * @throws ManifestRefusedError naming the first step that it did not pass; UnavailableError
 */
export async function validateManifest(candidate: Candidate, ports: ValidationPorts): Promise<readonly FieldError[]> {
  const warnings: FieldError[] = [];
  for (const [name, step] of STEPS) {
    const found = await step(candidate, ports);
    if (found.errors.length > 0) throw new ManifestRefusedError(name, found.errors);
    warnings.push(...found.warnings);
  }
  return warnings;
}
