/** Builds the library with which agents publish their heartbeats, into `dist/heartbeat-publisher`: `npm run publisher`. */
import { join } from 'node:path';
import { PROJECT } from './local/aws-environment.ts';
import { buildPublisher } from './publisher/build-publisher.ts';

await buildPublisher(join(PROJECT, 'dist', 'heartbeat-publisher'));
