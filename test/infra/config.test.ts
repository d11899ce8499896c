import { describe, expect, test } from '@jest/globals';
import { RootConstruct } from 'constructs';
import { readStageConfig } from '../../lib/config.ts';

function configOf(context: Record<string, unknown> = {}) {
  const { node } = new RootConstruct();
  for (const [key, value] of Object.entries(context)) node.setContext(key, value);
  return readStageConfig(node);
}

const TOKENS = { jwtIssuer: 'https://id.example.com', jwtAudience: 'registry, console' };

describe('a stage by its context', () => {
  test('is dev when nothing is said', () => {
    expect(configOf()).toEqual({
      env: 'dev',
      name: 'ai-pa-agent-registry-dev',
      retained: false,
      removalPolicy: 'destroy',
      anonymous: false,
      allowedTools: '*',
      maxAgentMemory: '56gb',
      unresolvedDependencies: 'warn',
    });
  });

  test('takes what it is told', () => {
    const told = { env: 'prod', prefix: 'acme', allowedTools: 'Read,Bash', maxAgentMemory: '8gb' };
    expect(configOf(told)).toMatchObject({
      name: 'acme-agent-registry-prod',
      allowedTools: 'Read,Bash',
      maxAgentMemory: '8gb',
    });
  });

  test.each(['prod', 'staging', 'development'])('keeps the data of %s', (env) => {
    expect(configOf({ env })).toMatchObject({ retained: true, removalPolicy: 'retain' });
  });

  test.each(['dev', 'local'])('throws the data of %s away', (env) => {
    expect(configOf({ env })).toMatchObject({ retained: false, removalPolicy: 'destroy' });
  });

  test.each(['Prod', '1st', 'a_b', 'seventeen-letters', '-', 'prod\n'])('refuses the stage %j', (env) => {
    expect(() => configOf({ env })).toThrow(
      'will not do: at most 16 lower-case letters, digits and hyphens, a letter first',
    );
  });

  test('refuses a prefix that is no slug', () => {
    expect(() => configOf({ prefix: 'AI' })).toThrow(/-c prefix=AI will not do/);
    expect(() => configOf({ prefix: 'a-agent-registry' })).toThrow('must not contain "agent-registry"');
  });

  test('refuses what is not text', () => {
    expect(() => configOf({ env: 7 })).toThrow('-c env=… must be text, not 7.');
  });

  test.each(['56', '56 gigs', 'gb', '-1gb'])(
    'refuses the memory %j, with which every registration would be refused',
    (maxAgentMemory) => {
      expect(() => configOf({ maxAgentMemory })).toThrow('is no size: give it as 512mb or 56gb');
    },
  );

  test('names the hosts that may be reached in places which are closed to others', () => {
    const allowedHosts = 'MCP.internal.example.com, 10.0.0.5:8080,[fd00::1],localhost';
    expect(configOf({ allowedHosts })).toMatchObject({
      allowedHosts: 'mcp.internal.example.com,10.0.0.5:8080,[fd00::1],localhost',
    });
  });

  test.each([
    'https://mcp.example.com',
    'mcp.example.com:http',
    'mcp.example.com/mcp',
    '*',
    '*.example.com',
    'a,,b',
    '256.1.1.1',
  ])('refuses %j, which names no hosts', (allowedHosts) => {
    expect(() => configOf({ allowedHosts })).toThrow('give it as mcp.example.com,10.0.0.5:8080.');
  });

  test('names the functions and services whose state may be asked for', () => {
    const told = { checkedFunctions: 'calendar, Agents_1-*', checkedServices: 'agents/calendar, workers/*' };
    expect(configOf(told)).toMatchObject({
      checkedFunctions: 'calendar,Agents_1-*',
      checkedServices: 'agents/calendar,workers/*',
    });
  });

  test.each([
    '*',
    'calendar,*',
    '*-agent',
    'a*b',
    'a,,b',
    'calendar:live',
    'arn:aws:lambda:eu-west-1:1:function:a',
    '?',
  ])('refuses %j, which names no functions, or all of them', (checkedFunctions) => {
    expect(() => configOf({ checkedFunctions })).toThrow('and never all of them: give it as calendar,agents-*.');
  });

  test.each([
    '*',
    '*/*',
    '*/calendar',
    'calendar',
    'agents/cal*',
    'agents/calendar,*/*',
    'a/b/c',
    'agents/',
    '/calendar',
  ])('refuses %j, which names no services, or those of all clusters', (checkedServices) => {
    expect(() => configOf({ checkedServices })).toThrow(
      'and never all clusters: give it as agents/calendar,workers/*.',
    );
  });

  test.each([
    ['https://registry.example.com', 'https://registry.example.com'],
    ['https://registry.example.com/base/', 'https://registry.example.com/base'],
  ])('is fed by another registry: %s', (remoteRegistry, expected) => {
    expect(configOf({ remoteRegistry })).toMatchObject({ remoteRegistry: expected });
  });

  test.each([
    'registry.example.com',
    'http://registry.example.com',
    'https://user:secret@registry.example.com',
    'https://registry.example.com/?a=b',
    'https://',
  ])('refuses to be fed by %j', (remoteRegistry) => {
    expect(() => configOf({ remoteRegistry })).toThrow('give it as https://registry.example.com');
  });

  test('refuses agents whose dependencies are not there only when it is told to', () => {
    expect(configOf({ unresolvedDependencies: 'refuse' })).toMatchObject({ unresolvedDependencies: 'refuse' });
    expect(() => configOf({ unresolvedDependencies: 'ignore' })).toThrow(
      '-c unresolvedDependencies=ignore must be one of warn, refuse.',
    );
  });

  test('tells an SNS topic of its alarms when it is named', () => {
    const alarmTopicArn = 'arn:aws-us-gov:sns:us-gov-west-1:123456789012:on-call';
    expect(configOf({ alarmTopicArn })).toMatchObject({ alarmTopicArn });
  });

  test.each([
    'on-call',
    'arn:aws:sqs:eu-central-1:123456789012:on-call',
    'arn:aws:sns:eu-central-1:123456789012:a.fifo',
  ])('refuses to tell %j, which is no topic that an alarm can tell', (alarmTopicArn) => {
    expect(() => configOf({ alarmTopicArn })).toThrow('is no topic: give it as arn:aws:sns:');
  });

  test('takes an empty value for none, as a shell gives it for an unset variable', () => {
    expect(configOf({ jwtIssuer: '', jwtAudience: '', env: '' })).toEqual(configOf());
  });
});

describe('who may call', () => {
  test('is anybody on the local stack alone, and that cannot be deployed to AWS', () => {
    expect(configOf({ env: 'local' })).toMatchObject({ anonymous: true, account: '000000000000' });
    expect(['dev', 'prod', 'locals'].map((env) => configOf({ env }).anonymous)).toEqual([false, false, false]);
  });

  test('is whoever bears a token, once tokens are configured, on the local stack as well', () => {
    const jwt = { issuer: 'https://id.example.com', audience: ['registry', 'console'] };
    expect(configOf(TOKENS)).toMatchObject({ anonymous: false, jwt });
    expect(configOf({ ...TOKENS, env: 'local' })).toMatchObject({ anonymous: false, jwt });
  });

  test.each(['https://', 'https:///path', 'id.example.com'])('is refused from nowhere: %s', (jwtIssuer) => {
    expect(() => configOf({ ...TOKENS, jwtIssuer })).toThrow(/must be an https:\/\/ URL/);
  });

  test.each([',', 'registry,'])('is refused for nobody: %s', (jwtAudience) => {
    expect(() => configOf({ ...TOKENS, jwtAudience })).toThrow('has an empty name in it');
  });

  test.each(['jwtIssuer', 'jwtAudience'] as const)('is refused as half a setting: %s alone', (key) => {
    expect(() => configOf({ [key]: TOKENS[key] })).toThrow(/go together/);
  });

  test('is refused with an issuer that the gateway would refuse', () => {
    expect(() => configOf({ ...TOKENS, jwtIssuer: 'http://id.example.com' })).toThrow(/must be an https:\/\/ URL/);
  });
});
