import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { SPEC_NAMES, toContractNames, toContractParameters } from '../../../lambdas/agents/spec-names.ts';
import { brokenRules } from '../../support/errors.ts';

describe("the first specification's names", () => {
  test('become those of the contract', () => {
    const document = {
      agent_id: 'api-integration-specialist',
      name: 'api-integration-specialist',
      file_path: '/root/repo/.claude/agents/api-integration-specialist.md',
      config: { mcp_servers: ['context7'], resource_limit: '1024mb', conflict_resolution: 'merge' },
      capacity: { max_concurrent_tasks: 10 },
      relationships: { parent_agent: null, child_agents: [], template_source: 'api-specialist', cloned_from: null },
      monitoring: {
        health_check: { type: 'lambda', function_name: 'f', interval_seconds: 30, timeout_seconds: 5 },
        resource_check: { memory_usage: 0.5, cpu_usage: 0.6, task_queue: 7 },
        functionality_test: ['tool_access', 'mcp_connections', 'file_permissions'],
      },
    };

    expect(toContractNames(document)).toEqual({
      id: 'api-integration-specialist',
      name: 'api-integration-specialist',
      filePath: '/root/repo/.claude/agents/api-integration-specialist.md',
      config: { mcpServers: ['context7'], resourceLimit: '1024mb', conflictResolution: 'merge' },
      capacity: { maxConcurrent: 10 },
      relationships: { parentAgent: null, childAgents: [], templateSource: 'api-specialist', clonedFrom: null },
      monitoring: {
        healthCheck: { type: 'lambda', functionName: 'f', intervalSeconds: 30, timeoutSeconds: 5 },
        resourceCheck: { memoryUsage: 0.5, cpuUsage: 0.6, taskQueue: 7 },
        functionalityTest: ['toolAccess', 'mcpConnections', 'filePermissions'],
      },
    });
  });

  test.each(
    Object.entries(SPEC_NAMES).flatMap(([path, names]) =>
      Object.entries(names).map(([spec, contract]) => [path, spec, contract]),
    ),
  )('in "%s": %s is %s', (path = '', spec = '', contract = '') => {
    const inside = (name: string) =>
      path === ''
        ? { [name]: 'x' }
        : path.split('.').reduceRight<unknown>((child, key) => ({ [key]: child }), { [name]: 'x' });

    expect(toContractNames(inside(spec))).toEqual(toContractNames(inside(contract)));
    expect(JSON.stringify(toContractNames(inside(spec)))).toContain(contract);
  });

  test('stay as they are where the keys belong to the user', () => {
    const document = {
      config: { my_setting: { mcp_servers: 1 }, agent_id: 2 },
      configuration: { environment: { file_path: '/' }, limits: { max_concurrent: 3 } },
      responseQueue: { agent_id: 4 },
    };

    expect(toContractNames(document)).toEqual(document);
  });

  test('may stand beside those of the contract when both say the same', () => {
    expect(toContractNames({ file_path: '/a', filePath: '/a' })).toEqual({ filePath: '/a' });
  });

  test('are refused beside those of the contract when they say something else, each by its path', () => {
    const document = { agent_id: 'a', id: 'b', config: { mcpServers: ['x'], mcp_servers: [] } };

    expect(brokenRules(() => toContractNames(document))).toEqual(['id spelledTwice', 'config.mcpServers spelledTwice']);
  });

  test('leave a document in the names of the contract alone', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('id', 'config', 'capacity', 'x'), fc.jsonValue()), (document) => {
        fc.pre(!/_/.test(JSON.stringify(document)) && !Array.isArray(document.capabilities));

        expect(toContractNames(document)).toEqual(document);
      }),
    );
  });

  test.each([null, 5, 'text', [[]]])('leave %j to the validator', (value) => {
    expect(toContractNames(value)).toEqual(value);
  });
});

test('a bare array of capabilities means core', () => {
  expect(toContractNames({ capabilities: ['a'] })).toEqual({ capabilities: { core: ['a'] } });
});

describe('query parameters', () => {
  test('have both spellings', () => {
    expect(toContractParameters({ migrate_tasks: 'true', force: 'true' })).toEqual({
      migrateTasks: 'true',
      force: 'true',
    });
  });

  test('may not contradict themselves', () => {
    const query = { migrate_tasks: 'true', migrateTasks: 'false' };

    expect(brokenRules(() => toContractParameters(query))).toEqual(['migrateTasks spelledTwice']);
  });
});
