import { delimiter, join } from 'node:path';

/** Root of the checkout. */
export const PROJECT = join(import.meta.dirname, '..', '..');

export const REGION = 'us-east-1';
/** The account that the emulator gives to credentials it does not know. */
export const ACCOUNT = '000000000000';
/** The emulator takes any; these name nobody anywhere. */
export const CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' } as const;

/** Programs of the pinned dependencies first: `node` is then the one that the functions run on. */
export const PATH = [join(PROJECT, 'node_modules', '.bin'), process.env.PATH].join(delimiter);

/**
 * What an AWS tool needs to talk to the emulator and to nothing else: whoever's real credentials, profiles and
 * endpoints the caller has do not get through.
 */
export function awsEnvironment(endpoint: string): NodeJS.ProcessEnv {
  return {
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_ENDPOINT_URL: endpoint,
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}
