import pMap from 'p-map';
import { effectiveDocument } from '../agents/agent.ts';
import { isLiving } from '../agents/agent-record.ts';
import type { AgentDocument } from '../agents/agent-schema.ts';
import type { AgentStore } from '../agents/agent-store.ts';
import { isObject, type Json } from '../agents/merge.ts';
import { type RegistrationPolicy, runCheck } from '../agents/registration-steps.ts';
import type { Handshake } from '../services/mcp-handshake.ts';
import type { ServiceDocument } from '../services/service-document.ts';
import type { FieldError } from '../shared/errors.ts';
import type { UNRESOLVED_DEPENDENCIES } from './contract.ts';
import { ManifestRefusedError, type Warning } from './declared-layers.ts';
import { type Circle, findCircle } from './dependency-circle.ts';
import type { ValidationStep } from './reload-terms.ts';

type ServiceEndpoint = ServiceDocument['endpoints'][number];

/** What the steps ask. */
export interface ValidationPorts {
  readonly store: AgentStore;
  readonly policy: RegistrationPolicy;
  /** The service that an agent calls by a name, as the service list has it. */
  readonly findService: (name: string) => Promise<ServiceDocument | undefined>;
  /** Asks an MCP server whether it is there. */
  readonly handshake: (endpoint: ServiceEndpoint) => Promise<Handshake>;
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
  readonly warnings: readonly Omit<Warning, 'step'>[];
}

type Step = (candidate: Candidate, ports: ValidationPorts) => Findings | Promise<Findings>;

/** Each has five seconds to answer: of 128, the most that an agent may name, all have answered within twenty. */
const SERVERS_AT_ONCE = 32;

const NOTHING_FOUND: Findings = { errors: [], warnings: [] };

const errorsOnly = (errors: readonly FieldError[]): Findings => ({ errors, warnings: [] });

/** What is not there is told, or refuses the manifest, as the stage has it. */
function unresolved(found: Findings['warnings'], { unresolved: what }: ValidationPorts): Findings {
  if (what === 'warn') return { errors: [], warnings: found };
  return errorsOnly(found.map(({ field, rule, message }) => ({ field, rule, message })));
}

/** Something that an agent depends on, and which is not there. */
const notThere = (field: string, kind: 'service' | 'agent', name: string) => ({
  field,
  rule: kind === 'service' ? 'unlistedService' : 'missingAgent',
  message: kind === 'service' ? `no service called "${name}" is listed` : `there is no agent ${name}`,
  missing: name,
});

const together = (findings: readonly Findings[]): Findings => ({
  errors: findings.flatMap(({ errors }) => errors),
  warnings: findings.flatMap(({ warnings }) => warnings),
});

/** What the agent itself says of a server that it declares. */
function ownDefinition({ config }: AgentDocument, server: string): Json | undefined {
  const definitions = (config as Json | undefined)?.mcpServerDefinitions;
  const definition = isObject(definitions) && Object.hasOwn(definitions, server) ? definitions[server] : undefined;
  return isObject(definition) ? definition : undefined;
}

const isAskable = ({ type, url }: ServiceEndpoint): boolean => type !== 'http' && !/%7b|\{/i.test(url);

async function checkServer(
  document: AgentDocument,
  index: number,
  server: string,
  ports: ValidationPorts,
): Promise<Findings> {
  const field = `config.mcpServers.${index}`;
  const own = ownDefinition(document, server);
  if (typeof own?.url === 'string') {
    return answers(
      { type: own.type === 'sse' ? 'sse' : 'streamable-http', url: own.url },
      `config.mcpServerDefinitions.${server}.url`,
      ports,
    );
  }
  if (own !== undefined) return NOTHING_FOUND;
  const service = await ports.findService(server);
  if (service === undefined) {
    return unresolved([notThere(field, 'service', server)], ports);
  }
  const endpoint = service.endpoints.find(isAskable);
  return endpoint === undefined ? NOTHING_FOUND : answers(endpoint, field, ports);
}

/** A server whose address has a part that users fill in, or that is none of MCP's, cannot be asked. */
async function answers(endpoint: ServiceEndpoint, field: string, ports: ValidationPorts): Promise<Findings> {
  if (!isAskable(endpoint)) return NOTHING_FOUND;
  const { alive, reason = 'does not answer' } = await ports.handshake(endpoint);
  return errorsOnly(alive ? [] : [{ field, rule: 'mcpConnectivity', message: `the MCP server ${reason}` }]);
}

const checkMcpServers: Step = async (candidate, ports) => {
  const servers = candidate.document.config?.mcpServers ?? [];
  const found = await pMap(servers, (server, index) => checkServer(candidate.document, index, server, ports), {
    concurrency: SERVERS_AT_ONCE,
  });
  return together([errorsOnly(runCheck('establish_mcp_connections', candidate.document, ports.policy)), ...found]);
};

const checkServices: Step = async ({ document }, ports) => {
  const found = await pMap(document.dependencies?.services ?? [], async (service, index) =>
    (await ports.findService(service)) ? [] : [notThere(`dependencies.services.${index}`, 'service', service)],
  );
  return unresolved(found.flat(), ports);
};

const checkAgents: Step = async ({ document }, ports) => {
  const found = await pMap(
    document.dependencies?.agents ?? [],
    async (agent, index) =>
      isLiving(await ports.store.load(agent)) ? [] : [notThere(`dependencies.agents.${index}`, 'agent', agent)],
    { concurrency: 8 },
  );
  return unresolved(found.flat(), ports);
};

/** The error of a circle, by the ids on it. */
export const circleError = (circle: Circle): FieldError => ({
  field: 'dependencies.agents',
  rule: 'circle',
  message: `agents depend on each other in a circle: ${circle.join(' -> ')}`,
});

/** The circle in which the agent depends on itself through others, as the registry has them now. */
export async function circleThrough(
  { id, document }: Candidate,
  { store }: ValidationPorts,
): Promise<Circle | undefined> {
  const dependenciesOf = async (agent: string) => {
    const record = await store.load(agent);
    return isLiving(record) ? (effectiveDocument(record.layers).dependencies?.agents ?? []) : [];
  };
  return findCircle(id, document.dependencies?.agents ?? [], dependenciesOf);
}

const checkConflicts: Step = async (candidate, ports) => {
  const circle = await circleThrough(candidate, ports);
  return together([
    await checkServices(candidate, ports),
    await checkAgents(candidate, ports),
    errorsOnly(circle === undefined ? [] : [circleError(circle)]),
  ]);
};

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
export async function validateManifest(candidate: Candidate, ports: ValidationPorts): Promise<readonly Warning[]> {
  const warnings: Warning[] = [];
  for (const [step, check] of STEPS) {
    const found = await check(candidate, ports);
    if (found.errors.length > 0) throw new ManifestRefusedError(step, found.errors);
    warnings.push(...found.warnings.map((warning) => ({ ...warning, step })));
  }
  return warnings;
}
