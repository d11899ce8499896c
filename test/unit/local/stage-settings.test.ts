import { expect, test } from '@jest/globals';
import { synthesis } from '../../../bin/local/deploy.ts';
import { stageSettings } from '../../../bin/local/stage-settings.ts';

test('the environment may say what the local stage asks about, and nothing else', () => {
  const environment = {
    AGENT_REGISTRY_ALLOWED_HOSTS: '127.0.0.1:8080',
    AGENT_REGISTRY_CHECKED_FUNCTIONS: 'calendar,agents-*',
    AGENT_REGISTRY_CHECKED_SERVICES: 'agents/*',
    AGENT_REGISTRY_PORT: '4600',
  };
  expect(stageSettings(environment)).toEqual({
    allowedHosts: '127.0.0.1:8080',
    checkedFunctions: 'calendar,agents-*',
    checkedServices: 'agents/*',
  });
});

test('where it says nothing, the stage has its own settings', () => {
  expect(stageSettings({ AGENT_REGISTRY_ALLOWED_HOSTS: '' })).toEqual({});
});

test('the templates are built with the settings, as a deployed stage would be', () => {
  const context = (settings: Record<string, string>) =>
    synthesis('/out', settings).flatMap((word, n, all) => (all[n - 1] === '--context' ? [word] : []));

  expect(context({})).toEqual(['env=local']);
  expect(context({ allowedHosts: 'localhost:8080,10.0.0.7' })).toEqual([
    'env=local',
    'allowedHosts=localhost:8080,10.0.0.7',
  ]);
});
