import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Json, patchLayer } from '../../../lambdas/agents/merge.ts';
import { toContractNames } from '../../../lambdas/agents/spec-names.ts';
import { brokenRules, errorOf } from '../../support/errors.ts';

/** A secret that does not look like one. */
const SECRET = 'hush';

const configOf = (config: Json) => (toContractNames({ config }) as { config: Json }).config;
const breaking = (config: Json) => brokenRules(() => toContractNames({ config }));

const GITHUB = { command: 'npx', args: ['-y', '@acme/server'] };

describe('the MCP servers of a request or file', () => {
  test.each<[string, unknown]>([
    ['a text', 'github, docs'],
    ['a list', ['github', 'docs']],
    ['a map', { github: null, docs: {} }],
    ['a list of maps', ['github', { docs: null }]],
  ])('become names where they are given as %s', (_, servers) => {
    for (const spelling of ['mcpServers', 'mcp_servers', 'mcp-servers']) {
      expect(configOf({ [spelling]: servers, color: 'red' })).toEqual({ mcpServers: ['github', 'docs'], color: 'red' });
    }
  });

  test.each<[string, unknown]>([
    ['a map', { github: GITHUB }],
    ['a list of maps', [{ github: GITHUB }]],
    ['a list of maps with names', [{ name: 'github', ...GITHUB }]],
  ])('become names with definitions beside them where they are given as %s', (_, servers) => {
    expect(configOf({ mcpServers: servers })).toEqual({
      mcpServers: ['github'],
      mcpServerDefinitions: { github: GITHUB },
    });
  });

  test('are what they say themselves, before what definitions say of the same name', () => {
    const mcpServerDefinitions = { github: { url: 'https://old.example.com/' }, docs: GITHUB };

    expect(configOf({ mcpServers: { github: GITHUB }, mcpServerDefinitions })).toEqual({
      mcpServers: ['github'],
      mcpServerDefinitions: { github: GITHUB, docs: GITHUB },
    });
  });

  test('stay twice what they are twice: that is for the checks of registration to refuse', () => {
    expect(configOf({ mcpServers: ['a', 'b', 'a'] })).toEqual({ mcpServers: ['a', 'b', 'a'] });
  });

  test('may be none, which is not the same as absent', () => {
    expect(configOf({ mcpServers: [] })).toEqual({ mcpServers: [] });
    expect(configOf({ mcpServers: '' })).toEqual({ mcpServers: [] });
    expect(configOf({ color: 'red' })).toEqual({ color: 'red' });
  });

  test('that cannot be read are refused by their field, without a word of theirs', () => {
    const config = { mcpServers: ['ok', `npx --token ${SECRET}`], mcpServerDefinitions: [SECRET] };

    expect(breaking(config)).toEqual(['config.mcpServers type', 'config.mcpServerDefinitions type']);
    expect(breaking({ mcpServers: 7 })).toEqual(['config.mcpServers type']);
    expect(breaking({ mcpServerDefinitions: { [`a=${SECRET}`]: {} } })).toEqual(['config.mcpServerDefinitions type']);
    expect(JSON.stringify(errorOf(() => toContractNames({ config })))).not.toContain(SECRET);
  });

  test.each<[string, unknown, string]>([
    ['no text', { token: SECRET }, 'type'],
    ['a number', 5, 'type'],
    ['none of the web', `ftp://${SECRET}.example.com/`, 'forbiddenAddress'],
    ['no address', `${SECRET} ${SECRET}`, 'forbiddenAddress'],
  ])('are refused where an address is %s', (_, url, rule) => {
    const config = { mcpServerDefinitions: { github: { url } } };

    expect(breaking(config)).toEqual([`config.mcpServerDefinitions.github.url ${rule}`]);
    expect(JSON.stringify(errorOf(() => toContractNames({ config })))).not.toContain(SECRET);
  });

  test('are taken where users fill in a part of the address, which is not kept', () => {
    const mcpServerDefinitions = { github: { type: 'http', url: 'https://{host}/mcp' } };

    expect(configOf({ mcpServerDefinitions })).toEqual({ mcpServerDefinitions: { github: { type: 'http' } } });
  });
});

describe('no credential comes through', () => {
  const definition = {
    command: `TOKEN=${SECRET} npx acme --token ${SECRET} run`,
    args: [`--api-key=${SECRET}`, 'go'],
    env: { GITHUB_TOKEN: SECRET },
    headers: { Authorization: `Bearer ${SECRET}` },
    url: `https://me:${SECRET}@mcp.example.com/mcp?key=${SECRET}`,
    password: SECRET,
  };
  const kept = {
    url: 'https://mcp.example.com/mcp',
    command: 'npx',
    args: ['acme', '--token=', 'run', '--api-key=', 'go'],
    requires: ['GITHUB_TOKEN', 'Authorization', 'TOKEN'],
  };

  test.each<[string, Json]>([
    ['of definitions', { mcpServerDefinitions: { m: definition } }],
    ['of servers', { mcpServers: { m: definition } }],
    ['of servers in the first specification’s spelling', { mcp_servers: [{ m: definition }] }],
    ['of servers in the spelling of agent files', { 'mcp-servers': [{ name: 'm', ...definition }] }],
  ])('%s', (_, config) => {
    expect(configOf(config).mcpServerDefinitions).toEqual({ m: kept });
  });

  test('and what came through is the same when it comes again', () => {
    const word = fc.constantFrom(
      '--token',
      '-p',
      '-e',
      'A=b',
      '--env=A=b',
      '--x=$Y',
      '-ps',
      'run',
      SECRET,
      'https://h/?k=1',
    );
    const servers = fc.record(
      {
        command: fc.oneof(word, fc.array(word)),
        args: fc.array(word),
        env: fc.dictionary(word, word),
        headers: fc.constant({ A: 'b' }),
        url: fc.constantFrom('https://u:p@h.example.com/%7Bx', 'https://h.example.com/a b'),
        transport: fc.constant('sse'),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('a', 'b'), servers), (mcpServers) => {
        const once = configOf({ mcpServers });

        expect(configOf(once)).toEqual(once);
      }),
    );
  });
});

describe('a merge patch', () => {
  const HELD = {
    color: 'red',
    mcpServers: ['m', 'n'],
    mcpServerDefinitions: { m: { url: 'https://m.example.com/', requires: ['TOKEN'] }, n: GITHUB },
  };
  const patched = (patch: Json) =>
    patchLayer({ document: { config: HELD }, removed: [] }, toContractNames({ config: patch }) as Json).document.config;

  test('that speaks of no servers leaves them alone', () => {
    expect(patched({ color: 'blue' })).toEqual({ ...HELD, color: 'blue' });
  });

  test('deletes servers, definitions, one definition, or a field of one, by null', () => {
    const { mcpServers, mcpServerDefinitions, ...rest } = HELD;
    const { m, n } = mcpServerDefinitions;

    expect(patched({ 'mcp-servers': null })).toStrictEqual({ ...rest, mcpServerDefinitions });
    expect(patched({ mcpServerDefinitions: null })).toEqual({ ...rest, mcpServers });
    expect(patched({ mcpServerDefinitions: { m: null } })).toEqual({ ...HELD, mcpServerDefinitions: { n } });
    expect(patched({ mcpServerDefinitions: { m: { url: null } } })).toEqual({
      ...HELD,
      mcpServerDefinitions: { m: { requires: m.requires }, n },
    });
  });

  test('deletes what a server is given by the names under which it was given', () => {
    const { m, n } = HELD.mcpServerDefinitions;

    expect(patched({ mcpServerDefinitions: { m: { env: null } } })).toEqual({
      ...HELD,
      mcpServerDefinitions: { m: { url: m.url }, n },
    });
    expect(patched({ mcpServerDefinitions: { m: { env: null, headers: { Authorization: SECRET } } } })).toEqual({
      ...HELD,
      mcpServerDefinitions: { m: { ...m, requires: ['Authorization'] }, n },
    });
  });

  test('of one definition leaves the others alone, and the rest of it', () => {
    const { m, n } = HELD.mcpServerDefinitions;

    expect(patched({ mcpServerDefinitions: { m: { type: 'sse', env: { KEY: SECRET } } } })).toEqual({
      ...HELD,
      mcpServerDefinitions: { m: { ...m, type: 'sse', requires: ['KEY'] }, n },
    });
  });

  test('that says nothing changes nothing', () => {
    expect(patched({ mcpServerDefinitions: {} })).toEqual(HELD);
    expect(patched({ mcpServerDefinitions: { x: {} } })).toEqual(HELD);
  });
});
