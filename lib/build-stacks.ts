import { type App, Tags } from 'aws-cdk-lib';
import { readStageConfig } from './config.ts';
import { MonitoringStack } from './stacks/monitoring-stack.ts';
import { RegistryStack } from './stacks/registry-stack.ts';
import { StorageStack } from './stacks/storage-stack.ts';

/** What one stage is made of, in the order in which it is deployed. */
export interface StageStacks {
  readonly storage: StorageStack;
  readonly registry: RegistryStack;
  readonly monitoring: MonitoringStack;
}

/** The stacks of one stage, as the context of `app` describes it (see {@link readStageConfig}). */
export function buildStacks(app: App): StageStacks {
  const config = readStageConfig(app.node);
  const env = config.account === undefined ? {} : { account: config.account };
  const storage = new StorageStack(app, `${config.name}-storage`, {
    config,
    env,
    description: `Agent Registry, stage ${config.env}: the table, the manifests and the event bus`,
  });
  // Each name ends in its stack's own word: a stage called `dev-storage` must not meet the storage of `dev`.
  const registry = new RegistryStack(app, `${config.name}-api`, {
    config,
    storage,
    env,
    description: `Agent Registry, stage ${config.env}: the API and the announcement of changes`,
  });
  const monitoring = new MonitoringStack(app, `${config.name}-monitoring`, {
    config,
    api: registry.api,
    env,
    description: `Agent Registry, stage ${config.env}: the dashboard and the alarms`,
  });
  Tags.of(app).add('project', 'agent-registry');
  Tags.of(app).add('stage', config.env);
  return { storage, registry, monitoring };
}
