import { describe, expect, test } from '@jest/globals';
import { putLayer } from '../../../lambdas/agents/put-layer.ts';
import { registerAgent } from '../../../lambdas/agents/register-agent.ts';
import { updateAgent } from '../../../lambdas/agents/update-agent.ts';
import { ValidationError } from '../../../lambdas/shared/errors.ts';
import { aContext, registered, type TestContext } from '../../support/agents.ts';
import { rejectionOf } from '../../support/errors.ts';

const OUTSIDE = 'https://agent.example.com/health';
const monitored = (url: string) => ({ monitoring: { healthCheck: { type: 'http', url } } });
const actor = 'tester';

/** Every way in which an agent's address comes into the registry. */
const WAYS: Readonly<Record<string, (context: TestContext, url: string) => Promise<unknown>>> = {
  'is registered with it': (context, url) =>
    registerAgent(context, { document: { name: 'new', ...monitored(url) }, actor }),
  'is registered again with it': (context, url) =>
    registerAgent(context, { document: { id: 'a', name: 'a', ...monitored(url) }, actor, updateExisting: true }),
  'is merged with one that has it': (context, url) =>
    registerAgent(context, { document: { name: 'a', conflictResolution: 'merge', ...monitored(url) }, actor }),
  'is patched with it': (context, url) => updateAgent(context, { id: 'a', patch: monitored(url), actor }),
  'is patched in this one place': (context, url) =>
    updateAgent(context, { id: 'a', patch: { monitoring: { healthCheck: { url } } }, actor }),
  'is declared so by a manifest': (context, url) =>
    putLayer(context, {
      ...{ id: 'b', source: 's3', origin: 'manifests/b/manifest.json', reason: 'found', actor },
      document: { name: 'b', ...monitored(url) },
    }),
  'is covered by a layer that says so': (context, url) =>
    putLayer(context, { id: 'a', source: 'api', origin: OUTSIDE, reason: 'found', actor, document: monitored(url) }),
};

async function withAgent(): Promise<TestContext> {
  const context = aContext();
  await registered(context, { id: 'a', name: 'a', monitoring: { healthCheck: { type: 'http', url: OUTSIDE } } });
  return context;
}

describe.each(Object.entries(WAYS))('an agent that %s', (_, write) => {
  test.each(['http://169.254.169.254/latest/', 'https://10.0.0.5/', 'https://[::1]/', 'http://agent.example.com/'])(
    'may not have itself checked at %s',
    async (url) => {
      const context = await withAgent();
      const error = await rejectionOf(write(context, url));

      expect(error).toBeInstanceOf(ValidationError);
      expect((error as ValidationError).errors).toMatchObject([{ field: 'monitoring.healthCheck.url' }]);
      expect(context.store.changes()).toHaveLength(1);
    },
  );

  test('may have itself checked elsewhere', async () => {
    const context = await withAgent();
    await write(context, 'https://other.example.com/health');

    expect(context.store.changes()).toHaveLength(2);
  });
});
