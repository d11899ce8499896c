import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ACCOUNT, awsEnvironment, PATH, PROJECT, REGION } from './aws-environment.ts';
import type { DeployedOutputs } from './outputs.ts';
import { runCommand } from './run-command.ts';
import type { StageSettings } from './stage-settings.ts';

export type CdkOptions = {
  /** Holds the logs, the synthesised templates and the outputs file. */
  readonly directory: string;
  readonly signal: AbortSignal;
};

/** What the CDK command line would otherwise do beside its work: ask, report, look for news and for Docker. */
const QUIET = ['--no-notices', '--no-version-reporting', '--ci'];

function environment(endpoint: string): NodeJS.ProcessEnv {
  const mine = Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_') && !/proxy$/i.test(name));
  return {
    ...Object.fromEntries(mine),
    ...awsEnvironment(endpoint),
    PATH,
    CDK_DISABLE_CLI_TELEMETRY: 'true',
  };
}

async function cdk(
  name: string,
  parameters: readonly string[],
  endpoint: string,
  { cwd = PROJECT, ...options }: CdkOptions & { readonly cwd?: string },
): Promise<void> {
  await runCommand('cdk', [...parameters, ...QUIET], {
    environment: environment(endpoint),
    cwd,
    logFile: join(options.directory, `${name}.log`),
    signal: options.signal,
    failure: `cdk ${name} failed`,
  });
}

const templatesIn = (directory: string): string => join(directory, 'cdk.out');

/** What CDK is told to build the templates of the local stage. */
export const synthesis = (directory: string, settings: StageSettings): string[] => [
  ...['synth', '--quiet', '--output', templatesIn(directory)],
  ...Object.entries({ env: 'local', ...settings }).flatMap(([name, value]) => ['--context', `${name}=${value}`]),
];

/** Builds the templates and the functions' code; needs no emulator, so it runs while that one starts. */
export async function synthesise(settings: StageSettings, options: CdkOptions): Promise<undefined> {
  await cdk('synth', synthesis(options.directory, settings), '', options);
}

/**
 * Gives the emulator what CDK expects of every account: roles and a bucket for assets. In a directory without an app:
 * CDK would build it first, and two stacks that start at once would get into each other's way.
 */
export async function bootstrap(endpoint: string, options: CdkOptions): Promise<void> {
  await cdk('bootstrap', ['bootstrap', `aws://${ACCOUNT}/${REGION}`], endpoint, { ...options, cwd: options.directory });
}

/**
 * Deploys what `synthesise` built, the same template as in the cloud.
 *
 * @throws LocalStackError with the end of CDK's own output.
 */
export async function deploy(endpoint: string, options: CdkOptions): Promise<DeployedOutputs> {
  const outputsFile = join(options.directory, 'cdk-outputs.json');
  const parameters = ['--all', '--app', templatesIn(options.directory), '--outputs-file', outputsFile];
  await cdk(
    'deploy',
    ['deploy', ...parameters, '--method', 'direct', '--require-approval', 'never'],
    endpoint,
    options,
  );
  return JSON.parse(await readFile(outputsFile, 'utf8')) as DeployedOutputs;
}
