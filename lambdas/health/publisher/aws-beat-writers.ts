import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { createDocumentClient } from '../../shared/aws-clients.ts';
import { regionOfApi, sigV4 } from '../../shared/sig-v4.ts';
import type { BeatWriter } from './beat-writer.ts';
import { DynamoBeatWriter } from './dynamo-beat-writer.ts';
import { HttpBeatWriter } from './http-beat-writer.ts';

export interface TableBeatsProps {
  /** Name of the registry's table. */
  readonly table: string;
  /** @default - as the surroundings say */
  readonly region?: string;
  /** @default - AWS's own */
  readonly endpoint?: string;
  /** Whether to stay with the life of the agent that is met first. @default - one that is registered anew is beaten for */
  readonly pinned?: boolean;
}

/** Beats that go straight to the registry's table, by the ambient credentials. */
export const beatsToTable = ({ table, pinned = false, ...target }: TableBeatsProps): BeatWriter =>
  new DynamoBeatWriter({ client: createDocumentClient(target), table, pinned });

/** Beats by the registry's API; an API Gateway is sent requests that are signed with the ambient credentials. */
export function beatsToApi(apiUrl: string): BeatWriter {
  const region = regionOfApi(new URL(apiUrl));
  if (region === undefined) return new HttpBeatWriter({ apiUrl });
  return new HttpBeatWriter({ apiUrl, authorise: sigV4(region, defaultProvider()) });
}
