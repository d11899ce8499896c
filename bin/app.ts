import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { buildStacks } from '../lib/build-stacks.ts';
import { readStageConfig } from '../lib/config.ts';

/** The entry of `cdk`: `cdk synth -c env=prod`, and so on. `lib/config.ts` lists what `-c` takes. */
const app = new App();
buildStacks(app);

// What AWS advises against is deployed with a reason, or not at all. An API that is open to anybody, as the local stack's
// is, could only fail.
if (!readStageConfig(app.node).anonymous) Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
