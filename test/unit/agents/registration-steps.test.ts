import { describe, expect, test } from '@jest/globals';
import type { AgentDocument } from '../../../lambdas/agents/agent-schema.ts';
import {
  DEREGISTRATION_STEPS,
  REGISTRATION_STEPS,
  type RegistrationPolicy,
  runChecks,
} from '../../../lambdas/agents/registration-steps.ts';
import { brokenRules } from '../../support/errors.ts';

const POLICY: RegistrationPolicy = { allowedTools: ['Read', 'Bash'], maxAgentMemory: 1024 ** 3, allowedHosts: [] };

const breaking = (document: Partial<AgentDocument>, policy: Partial<RegistrationPolicy> = {}) =>
  brokenRules(() => runChecks({ name: 'a', ...document }, { ...POLICY, ...policy }));
const taking = (document: Partial<AgentDocument>, policy: Partial<RegistrationPolicy> = {}) =>
  expect(() => runChecks({ name: 'a', ...document }, { ...POLICY, ...policy })).not.toThrow();

describe('the steps of registration', () => {
  test('are the nine of the first specification, in its order', () => {
    expect(REGISTRATION_STEPS.map(({ name }) => name)).toEqual([
      'validate_agent_name',
      'check_resource_availability',
      'verify_tool_permissions',
      'establish_mcp_connections',
      'allocate_resources',
      'create_registry_entry',
      'notify_queen_controller',
      'enable_monitoring',
      'activate_hot_reload',
    ]);
  });

  test('are checks first, then the transaction, then reactions: nothing needs undoing', () => {
    const phases = ['check', 'transaction', 'reaction'];
    const order = REGISTRATION_STEPS.map(({ phase }) => phases.indexOf(phase));

    expect(order).toEqual([...order].sort());
  });
});

test('the steps of deregistration are the nine of the first specification, in its order', () => {
  expect(DEREGISTRATION_STEPS.map(({ name }) => name)).toEqual([
    'validate_agent_exists',
    'check_active_tasks',
    'graceful_task_termination',
    'close_mcp_connections',
    'release_allocated_resources',
    'remove_registry_entry',
    'notify_queen_controller',
    'cleanup_monitoring_data',
    'update_dependent_agents',
  ]);
});

describe('the checks', () => {
  test('take an agent that asks for nothing special', () => {
    taking({});
  });

  test('refuse a name whose normal form is blank or no longer fits a key', () => {
    expect(breaking({ name: '\u3000' })).toEqual(['name blank']);
    expect(breaking({ name: '\ufdfa'.repeat(40) })).toEqual(['name maxBytes']);
    taking({ name: '\ufdfa'.repeat(20) });
  });

  test('refuse more memory than the stage has', () => {
    taking({ config: { resourceLimit: '1024mb' } });
    expect(breaking({ config: { resourceLimit: '1025mb' } })).toEqual(['config.resourceLimit maximum']);
  });

  test('refuse tools that the stage does not allow, each by its place', () => {
    taking({ config: { tools: ['Read', 'Bash(npm test:*)'] } });
    expect(breaking({ config: { tools: ['Read', 'Write', 'Shell(rm)'] } })).toEqual([
      'config.tools.1 toolPermission',
      'config.tools.2 toolPermission',
    ]);
  });

  test('refuse the star of an agent where the stage allows only some tools', () => {
    expect(breaking({ config: { tools: ['*'] } })).toEqual(['config.tools.0 toolPermission']);
  });

  test('allow every tool where the stage says so', () => {
    taking({ config: { tools: ['Anything'] } }, { allowedTools: ['*'] });
  });

  test('refuse a server that is declared twice', () => {
    taking({ config: { mcpServers: ['a', 'b'] } });
    expect(breaking({ config: { mcpServers: ['a', 'b', 'a'] } })).toEqual(['config.mcpServers.2 unique']);
  });

  /** Keys of `config` that the schema leaves to the user. */
  const configured = (config: object): Partial<AgentDocument> => ({ config });
  const servers = (mcpServerDefinitions: unknown) => configured({ mcpServerDefinitions });
  const defining = (url: unknown) => servers({ m: { url }, other: { command: 'npx' } });

  test('refuse a server that is within our own network, or not known to be outside', () => {
    taking(defining('https://mcp.example.com/mcp'));
    for (const url of [
      'http://169.254.169.254/latest',
      'https://0x7f.1/',
      'https://localhost/',
      'http://mcp.example.com/',
      'wss://mcp.example.com/',
    ]) {
      expect(breaking(defining(url))).toEqual(['config.mcpServerDefinitions.m.url forbiddenAddress']);
    }
  });

  test('let a server be what the stage names', () => {
    const policy = { allowedHosts: ['mcp.corp'] };

    taking(defining('http://mcp.corp/mcp'), policy);
    expect(breaking(defining('http://10.0.0.5/mcp'), policy)).toHaveLength(1);
  });

  test('do not judge an address that users fill in, or that is not there', () => {
    taking(defining('http://{host}/mcp'));
    taking(defining(undefined));
    taking(servers({ m: null }));
    taking(servers('none'));
  });

  test('refuse an address that is no text', () => {
    expect(breaking(defining({ token: 'hush' }))).toEqual(['config.mcpServerDefinitions.m.url type']);
  });

  test('leave the address in an A2A card alone, which nobody asks', () => {
    taking(configured({ a2a: { url: 'http://10.0.0.5/' } }));
  });

  const monitored = (url: string) => ({ monitoring: { healthCheck: { type: 'http' as const, url } } });

  test('refuse to monitor what is within our own network, or not known to be outside', () => {
    taking(monitored('https://agent.example.com/health'));
    for (const url of [
      'https://169.254.169.254/',
      'https://0x7f.1/',
      'https://localhost/',
      'http://agent.example.com/',
    ]) {
      expect(breaking(monitored(url))).toEqual(['monitoring.healthCheck.url forbiddenAddress']);
    }
  });

  test('let monitoring reach what the stage names', () => {
    const policy = { allowedHosts: ['agent.corp', '10.0.0.5:8080'] };

    taking(monitored('http://agent.corp/health'), policy);
    taking(monitored('http://10.0.0.5:8080/health'), policy);
    expect(breaking(monitored('http://10.0.0.5/health'), policy)).toHaveLength(1);
  });

  test('do not ask an agent for an address that it has not got', () => {
    taking({ monitoring: { metrics: ['m'] } });
    taking({ monitoring: { healthCheck: { type: 'lambda', functionName: 'f' } } });
  });

  test('tell everything that any of them found', () => {
    expect(breaking({ name: ' ', config: { tools: ['X'], mcpServers: ['a', 'a'], resourceLimit: '2gb' } })).toEqual([
      'name blank',
      'config.resourceLimit maximum',
      'config.tools.0 toolPermission',
      'config.mcpServers.1 unique',
    ]);
  });
});
