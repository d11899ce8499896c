import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { digestOf } from '../../../../lambdas/agents/digest.ts';
import { validateAgentDocument } from '../../../../lambdas/agents/validate-agent.ts';
import { CapabilityIndex } from '../../../../lambdas/capability/index/capability-index.ts';
import { ManifestLoader } from '../../../../lambdas/discovery/reading/manifest-loader.ts';
import type { FileAgent } from '../../../../lambdas/discovery/reading/read-document.ts';
import { asShown } from '../../../../lambdas/discovery/reading/shown-agent.ts';

const PATHS = globSync('manifests/*/manifest.json').sort();

function agentAt(path: string): FileAgent {
  const read = new ManifestLoader().load(path, readFileSync(path, 'utf8'));
  if (read.verdict !== 'agent') throw new Error(`${path}: ${JSON.stringify(read)}`);
  return read.agent;
}

function indexOf(agents: readonly FileAgent[]): CapabilityIndex {
  const index = new CapabilityIndex();
  for (const document of agents) index.set(digestOf(asShown(document)));
  return index;
}

test('there are at least ten, each in the folder of its id', () => {
  expect(PATHS.length).toBeGreaterThanOrEqual(10);
  expect(PATHS).toEqual(PATHS.map((path) => `manifests/${agentAt(path).id}/manifest.json`));
});

describe.each(PATHS)('%s', (path) => {
  const agent = agentAt(path) as FileAgent & Record<string, Record<string, unknown>>;

  test('is an agent that the registry takes', () => {
    expect(() => validateAgentDocument(agent)).not.toThrow();
  });

  test('refers editors to the published schema', () => {
    const { $schema } = JSON.parse(readFileSync(path, 'utf8')) as { readonly $schema: string };
    expect(join(dirname(path), $schema)).toBe('lambdas/agents/schemas/agent-manifest.json');
    expect(JSON.parse(readFileSync(join(dirname(path), $schema), 'utf8'))).toHaveProperty('title', 'AgentManifest');
  });

  test('depends on agents that are there', () => {
    const there = PATHS.map((other) => agentAt(other).id);
    expect(there).toEqual(expect.arrayContaining(agent.dependencies?.agents as string[]));
  });
});

/**
 * The second specification says that `scheduling` leads to calendar and task, and that calendar-agent has the
 * capabilities scheduling and analysis. Both can only hold if `scheduling` leads to calendar-agent as well.
 */
describe('the specification’s examples', () => {
  const index = indexOf(PATHS.map(agentAt));

  test('scheduling leads to calendar and task, and to calendar-agent, which has it too', () => {
    expect(index.findByCapability('scheduling')).toEqual(['calendar', 'calendar-agent', 'task']);
  });

  test('calendar-agent has the capabilities scheduling and analysis', () => {
    expect(index.getCapabilities('calendar-agent').sort()).toEqual(['analysis', 'scheduling']);
  });

  test('scheduling and email together lead to task', () => {
    expect(index.findByCapabilities(['scheduling', 'email'])).toEqual(['task']);
  });

  test('the domain calendar leads to calendar and scheduling', () => {
    expect(index.findByDomain('calendar')).toEqual(['calendar', 'scheduling']);
  });

  test('the action schedule-meeting leads to calendar and meeting', () => {
    expect(index.findByAction('schedule-meeting')).toEqual(['calendar', 'meeting']);
  });

  test('the travel query finds the three that a trip takes', () => {
    const found = index.search({ capabilities: ['travel-planning', 'booking'], domains: ['weather'], mode: 'any' });
    expect(found).toEqual(['mobility-agent', 'travel-integrator', 'weather-agent']);
  });
});
