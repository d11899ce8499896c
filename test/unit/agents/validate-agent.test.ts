import { describe, expect, test } from '@jest/globals';
import { SERVER_FIELDS } from '../../../lambdas/agents/agent-fields.ts';
import { validateAgentDocument, validatePatchFields } from '../../../lambdas/agents/validate-agent.ts';
import { brokenRules } from '../../support/errors.ts';

const breaking = (document: object) => brokenRules(() => validateAgentDocument({ name: 'a', ...document }));
const taking = (document: object) => expect(() => validateAgentDocument({ name: 'a', ...document })).not.toThrow();

describe('a whole document', () => {
  test('needs a name and nothing else', () => {
    taking({});
    expect(brokenRules(() => validateAgentDocument({}))).toEqual(['name required']);
  });

  test('takes everything that a client may set', () => {
    taking({
      id: 'api-integration-specialist',
      version: '1.0.0',
      type: 'coordinator',
      operatorMode: 'maintenance',
      capabilities: { core: ['a'], enhancements: [], domains: ['d'], actions: ['x'] },
      dependencies: { services: ['s'], agents: ['b'] },
      configuration: { environment: { A: 1 }, features: { b: true }, limits: { c: null } },
      monitoring: {
        metrics: ['m', { name: 'n' }],
        healthCheck: { type: 'http', url: 'https://example.com/health', protocol: 'mcp' },
        resourceCheck: { memoryUsage: 1, cpuUsage: 0.01, taskQueue: 1 },
        functionalityTest: ['toolAccess', 'mcpConnections', 'filePermissions'],
      },
      config: { description: 'd', priority: 10, tools: [], resourceLimit: '1.5 GiB', whatever: { deep: [null] } },
      capacity: { maxConcurrent: 0 },
      relationships: { parentAgent: null, childAgents: ['c'], templateSource: 't', clonedFrom: null },
      responseQueue: { url: 'https://example.com' },
      filePath: null,
      conflictResolution: 'reject',
    });
  });

  test.each([
    [{ name: '' }, ['name minLength']],
    [{ name: 'x'.repeat(129) }, ['name maxLength']],
    [{ name: 'a\nb' }, ['name pattern']],
    [{ type: 'General Agent' }, ['type pattern']],
    [{ operatorMode: 'off' }, ['operatorMode enum']],
    [{ config: { priority: 0 } }, ['config.priority minimum']],
    [{ config: { priority: 11 } }, ['config.priority maximum']],
    [{ config: { priority: 1.5 } }, ['config.priority type']],
    [{ config: { resourceLimit: 'much' } }, ['config.resourceLimit pattern']],
    [{ config: { tools: ['a\tb'] } }, ['config.tools.0 pattern']],
    [{ config: { conflictResolution: 'ask' } }, ['config.conflictResolution enum']],
    [{ capacity: { maxConcurrent: -1 } }, ['capacity.maxConcurrent minimum']],
    [{ capabilities: { core: [''] } }, ['capabilities.core.0 minLength']],
    [{ capabilities: { skills: [] } }, ['capabilities.skills unknownField']],
    [{ relationships: { parentAgent: 5 } }, ['relationships.parentAgent type']],
    [{ colour: 'red' }, ['colour unknownField']],
    [{ monitoring: { healthCheck: { type: 'http' } } }, ['monitoring.healthCheck.url required']],
    [{ monitoring: { healthCheck: { type: 'http', url: 'ftp://x/' } } }, ['monitoring.healthCheck.url pattern']],
    [
      { monitoring: { healthCheck: { type: 'http', url: 'https://x/', protocol: 'grpc' } } },
      ['monitoring.healthCheck.protocol enum'],
    ],
    [
      { monitoring: { healthCheck: { type: 'lambda', functionName: 'f', protocol: 'mcp' } } },
      ['monitoring.healthCheck.protocol unknownField'],
    ],
    [{ monitoring: { resourceCheck: { memoryUsage: 0 } } }, ['monitoring.resourceCheck.memoryUsage exclusiveMinimum']],
    [{ monitoring: { resourceCheck: { cpuUsage: 80 } } }, ['monitoring.resourceCheck.cpuUsage maximum']],
    [
      { monitoring: { resourceCheck: { taskQueue: 0.5 } } },
      ['monitoring.resourceCheck.taskQueue type', 'monitoring.resourceCheck.taskQueue minimum'],
    ],
    [{ monitoring: { resourceCheck: { disk: 1 } } }, ['monitoring.resourceCheck.disk unknownField']],
    [{ monitoring: { functionalityTest: ['hope'] } }, ['monitoring.functionalityTest.0 enum']],
    [{ monitoring: { functionalityTest: ['toolAccess', 'toolAccess'] } }, ['monitoring.functionalityTest uniqueItems']],
  ])('%j breaks %j', (document, rules) => {
    expect(breaking(document)).toEqual(rules);
  });

  test.each([...SERVER_FIELDS])('may not set %s: the registry does', (field) => {
    const document = field.split('.').reduceRight<unknown>((child, key) => ({ [key]: child }), 1) as object;

    expect(breaking(document)).toEqual([`${field} readOnly`]);
  });

  test('names all that is wrong at once', () => {
    expect(breaking({ type: 5, config: { priority: 99 }, x: 1 })).toHaveLength(3);
  });
});

describe('the fields of a patch', () => {
  test('are what clients may set', () => {
    expect(() => validatePatchFields({ name: null, config: {}, conflictResolution: 'reject' })).not.toThrow();
  });

  test('are not the id, what the registry sets, and what nobody knows', () => {
    expect(brokenRules(() => validatePatchFields({ id: 'x', health: 'healthy', colour: 1 }))).toEqual([
      'id readOnly',
      'health readOnly',
      'colour unknownField',
    ]);
  });

  test.each([null, [], 'text', 5, undefined])('are not found in %j', (patch) => {
    expect(brokenRules(() => validatePatchFields(patch))).toEqual([' type']);
  });
});
