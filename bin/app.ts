import { App } from 'aws-cdk-lib';
import { buildStacks } from '../lib/build-stacks.ts';

/** The entry of `cdk`: `cdk synth -c env=prod`, and so on. `lib/config.ts` lists what `-c` takes. */
buildStacks(new App());
