import { describe, expect, test } from '@jest/globals';
import type { AgentDocument } from '../../../lambdas/agents/agent-schema.ts';
import { ManifestRefusedError } from '../../../lambdas/discovery/declared-layers.ts';
import { VALIDATION_STEPS } from '../../../lambdas/discovery/reload-terms.ts';
import { type ValidationPorts, validateManifest } from '../../../lambdas/discovery/validate-manifest.ts';
import type { ServiceDocument } from '../../../lambdas/services/service-document.ts';
import { aContext, registered } from '../../support/agents.ts';
import { rejectionOf } from '../../support/errors.ts';
import { aService } from '../../support/services.ts';

type Endpoint = ServiceDocument['endpoints'][number];

/** What validation asks: services by name, and servers that are dead, by their address. */
function ports({
  listed = [],
  dead = [],
  ...more
}: Partial<ValidationPorts> & { listed?: ServiceDocument[]; dead?: string[] } = {}) {
  const asked: Endpoint[] = [];
  const { store, policy } = aContext();
  const all: ValidationPorts = {
    store,
    policy,
    unresolved: 'warn',
    findService: async (name) => listed.find(({ id }) => id === name),
    handshake: async (endpoint) => {
      asked.push(endpoint);
      return dead.includes(endpoint.url) ? { alive: false, reason: 'cannot be reached' } : { alive: true };
    },
    ...more,
  };
  return { ...all, asked };
}

const agent = (document: Partial<AgentDocument>) => ({ id: 'a', document: { name: 'a', ...document } });

/** The step that refuses, with the fields and rules that it names. */
async function refusal(document: Partial<AgentDocument>, given: ValidationPorts): Promise<readonly string[]> {
  const error = await rejectionOf(validateManifest(agent(document), given));
  expect(error).toBeInstanceOf(ManifestRefusedError);
  const { step, errors } = error as ManifestRefusedError;
  return [step, ...errors.map(({ field, rule }) => `${field} ${rule}`)];
}

const URL = 'https://mcp.example.com/';
const OTHER = 'https://other.example.com/';

/** A document that breaks all four steps at once, and what to leave out to pass each. */
const BROKEN = {
  config: {
    resourceLimit: '100tb',
    mcpServers: ['github', 'github'],
    tools: ['Bash(rm:*)'],
  },
  dependencies: { agents: ['a'] },
};

describe('the steps of validation', () => {
  test('come in the order of the specification, and the first that fails ends them', async () => {
    const given = ports({ listed: [aService()] });
    const strict = { ...given, policy: { ...given.policy, allowedTools: ['Read'] } };
    const { resourceLimit: _, ...withoutLimit } = BROKEN.config;
    const { mcpServers: __, ...withoutServers } = withoutLimit;

    expect(await refusal(BROKEN, strict)).toEqual(['resource_availability_check', 'config.resourceLimit maximum']);
    expect(given.asked).toEqual([]);
    expect(await refusal({ ...BROKEN, config: withoutLimit }, strict)).toEqual([
      'mcp_server_connectivity',
      'config.mcpServers.1 unique',
    ]);
    expect(await refusal({ ...BROKEN, config: withoutServers }, strict)).toEqual([
      'tool_permission_verification',
      'config.tools.0 toolPermission',
    ]);
    expect(await refusal({ dependencies: BROKEN.dependencies }, strict)).toEqual([
      'conflict_detection',
      'dependencies.agents circle',
    ]);
    expect(VALIDATION_STEPS.slice(1)).toEqual([
      'resource_availability_check',
      'mcp_server_connectivity',
      'tool_permission_verification',
      'conflict_detection',
    ]);
  });

  test('find nothing wrong with an agent that wants nothing', async () => {
    expect(await validateManifest(agent({}), ports({ unresolved: 'refuse' }))).toEqual([]);
  });

  test('lets an agent have as much memory as the stage has, and not a byte more', async () => {
    const given = ports();
    const tight = { ...given, policy: { ...given.policy, maxAgentMemory: 1024 ** 3 } };

    expect(await validateManifest(agent({ config: { resourceLimit: '1gb' } }), tight)).toEqual([]);
    expect(await refusal({ config: { resourceLimit: '1025mb' } }, tight)).toHaveLength(2);
  });
});

describe('what an agent depends on and is not there', () => {
  const WANTS = {
    config: { mcpServers: ['unlisted'] },
    dependencies: { services: ['nowhere'], agents: ['nobody'] },
  };

  test('is told of, and the agent serves, where the stage warns', async () => {
    expect(await validateManifest(agent(WANTS), ports())).toEqual([
      {
        step: 'mcp_server_connectivity',
        field: 'config.mcpServers.0',
        rule: 'unlistedService',
        message: 'no service called "unlisted" is listed',
        missing: 'unlisted',
      },
      {
        step: 'conflict_detection',
        field: 'dependencies.services.0',
        rule: 'unlistedService',
        message: 'no service called "nowhere" is listed',
        missing: 'nowhere',
      },
      {
        step: 'conflict_detection',
        field: 'dependencies.agents.0',
        rule: 'missingAgent',
        message: 'there is no agent nobody',
        missing: 'nobody',
      },
    ]);
  });

  test('refuses it where the stage refuses', async () => {
    const given = ports({ unresolved: 'refuse' });
    const { config: _, ...withoutServers } = WANTS;

    expect(await refusal(WANTS, given)).toEqual(['mcp_server_connectivity', 'config.mcpServers.0 unlistedService']);
    expect(await refusal(withoutServers, given)).toEqual([
      'conflict_detection',
      'dependencies.services.0 unlistedService',
      'dependencies.agents.0 missingAgent',
    ]);
  });

  test('is there when it is listed, or lives', async () => {
    const context = aContext();
    await registered(context, { id: 'b', name: 'b' });
    const given = ports({ listed: [aService()], store: context.store, unresolved: 'refuse' });

    expect(await validateManifest(agent({ dependencies: { services: ['github'], agents: ['b'] } }), given)).toEqual([]);
  });
});

describe('an MCP server', () => {
  test('that is listed is asked at the first of its addresses that can be', async () => {
    const endpoints: Endpoint[] = [
      { type: 'http', url: 'https://docs.example.com/' },
      { type: 'streamable-http', url: 'https://%7Btenant%7D.example.com/' },
      { type: 'sse', url: URL },
      { type: 'streamable-http', url: OTHER },
    ];
    const given = ports({ listed: [aService({ endpoints })] });
    await validateManifest(agent({ config: { mcpServers: ['github'] } }), given);

    expect(given.asked).toEqual([{ type: 'sse', url: URL }]);
  });

  test('that does not answer refuses the agent, also where the stage only warns', async () => {
    const given = ports({ listed: [aService()], dead: [URL] });

    expect(await refusal({ config: { mcpServers: ['github'] } }, given)).toEqual([
      'mcp_server_connectivity',
      'config.mcpServers.0 mcpConnectivity',
    ]);
  });

  test('that wants credentials is there', async () => {
    const given = ports({ listed: [aService()], handshake: async () => ({ alive: true, gated: true }) });

    expect(await validateManifest(agent({ config: { mcpServers: ['github'] } }), given)).toEqual([]);
  });

  test.each<[string, Endpoint[]]>([
    ['has no address', []],
    ['has only addresses that users fill in', [{ type: 'sse', url: 'https://example.com/{tenant}' }]],
    ['has only addresses that are not MCP', [{ type: 'http', url: URL }]],
  ])('that %s cannot be asked, and is taken for there', async (_, endpoints) => {
    const given = ports({ listed: [aService({ endpoints })], unresolved: 'refuse' });

    expect(await validateManifest(agent({ config: { mcpServers: ['github'] } }), given)).toEqual([]);
    expect(given.asked).toEqual([]);
  });

  test('that the agent defines itself is asked where it says, whatever the list has of that name', async () => {
    const config = { mcpServers: ['github'], mcpServerDefinitions: { github: { type: 'http', url: OTHER } } };
    const given = ports({ listed: [aService()], dead: [OTHER] });

    expect(await refusal({ config }, given)).toEqual([
      'mcp_server_connectivity',
      'config.mcpServerDefinitions.github.url mcpConnectivity',
    ]);
    expect(given.asked).toEqual([{ type: 'streamable-http', url: OTHER }]);
  });

  test.each<[string, object, Endpoint[]]>([
    ['by events', { type: 'sse', url: OTHER }, [{ type: 'sse', url: OTHER }]],
    ['by a command', { command: 'npx', args: ['x'] }, []],
    ['by an address that users fill in', { url: 'https://{host}/' }, []],
  ])('that the agent defines %s is asked as it says, or not at all', async (_, definition, asked) => {
    const config = { mcpServers: ['own'], mcpServerDefinitions: { own: definition } };
    const given = ports({ unresolved: 'refuse' });

    expect(await validateManifest(agent({ config }), given)).toEqual([]);
    expect(given.asked).toEqual(asked);
  });

  test('that is called like what every object has is no definition', async () => {
    const config = { mcpServers: ['__proto__'], mcpServerDefinitions: {} };

    expect(await refusal({ config }, ports({ unresolved: 'refuse' }))).toEqual([
      'mcp_server_connectivity',
      'config.mcpServers.0 unlistedService',
    ]);
  });

  test('of many names every one that is not there', async () => {
    const given = ports({ unresolved: 'refuse', listed: [aService()] });

    expect(await refusal({ config: { mcpServers: ['x', 'github', 'y'] } }, given)).toEqual([
      'mcp_server_connectivity',
      'config.mcpServers.0 unlistedService',
      'config.mcpServers.2 unlistedService',
    ]);
  });

  test('cannot be judged while the list is out of reach: that is no refusal', async () => {
    const given = ports({
      findService: async () => {
        throw new Error('busy');
      },
    });
    const error = await rejectionOf(validateManifest(agent({ config: { mcpServers: ['x'] } }), given));

    expect(error).toMatchObject({ message: 'busy' });
  });
});
