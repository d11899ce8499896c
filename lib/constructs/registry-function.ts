import { join } from 'node:path';
import { type Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, LoggingFormat, Runtime } from 'aws-cdk-lib/aws-lambda';
import { type ICommandHooks, NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';
import { type FunctionShortName, functionNameOf } from '../function-names.ts';
import { METRICS_NAMESPACE } from './stage-metrics.ts';

export interface RegistryFunctionProps {
  readonly config: StageConfig;
  readonly shortName: FunctionShortName;
  /** Path of the handler's file, from the project's root. It exports `handler`. */
  readonly entry: string;
  /** What the handler reads, except what a `grantX` adds along with its permission. */
  readonly environment?: Record<string, string>;
  /** MB. The share of a processor grows with it: 1,769 MB are one whole. */
  readonly memorySize: number;
  readonly timeout: Duration;
  /**
   * A folder that is copied beside the code: its path from the project's root, and its name there.
   * @default - there is nothing but code
   */
  readonly files?: { readonly folder: string; readonly bundled: string };
}

/** What a handler reads, less the names that come with the permission to use what they name. */
export type GivenEnvironment<Names extends readonly string[]> = Record<
  Exclude<Names[number], 'TABLE_NAME' | 'BUCKET_NAME' | 'EVENT_BUS_NAME'>,
  string
>;

type Files = NonNullable<RegistryFunctionProps['files']>;

/** Hooks of the bundler, which runs them in a shell on this machine. A folder that is not there ends the deployment. */
const copying = ({ folder, bundled }: Files): ICommandHooks => ({
  beforeBundling: () => [],
  beforeInstall: () => [],
  afterBundling: (project, output) => [`cp -R "${join(project, folder)}" "${join(output, bundled)}"`],
});

/**
 * A function of the registry: its own role, its own log group, and a bundle with everything in it.
 * The role may write its own log lines and nothing else; `grantX` of what it uses adds the rest.
 */
export class RegistryFunction extends Construct {
  readonly role: Role;
  readonly fn: NodejsFunction;

  constructor(scope: Construct, id: string, { config, shortName, files, ...props }: RegistryFunctionProps) {
    super(scope, id);
    const functionName = functionNameOf(config, shortName);
    const logGroup = new LogGroup(this, 'Logs', {
      logGroupName: `/aws/lambda/${functionName}`,
      retention: config.retained ? RetentionDays.THREE_MONTHS : RetentionDays.TWO_WEEKS,
      // Retained stages refuse to be deleted (terminationProtection); a log group left behind blocks the next deploy.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    // Not the managed AWSLambdaBasicExecutionRole: that one may write to every log group of the account.
    this.role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(this.role);
    this.fn = new NodejsFunction(this, 'Function', {
      ...props,
      functionName,
      logGroup,
      role: this.role,
      handler: 'handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      loggingFormat: LoggingFormat.JSON,
      environment: {
        // Powertools makes the service a dimension of each metric: the full name keeps stages of one account apart.
        POWERTOOLS_SERVICE_NAME: functionName,
        POWERTOOLS_METRICS_NAMESPACE: METRICS_NAMESPACE,
        ...props.environment,
      },
      bundling: {
        // CommonJS starts faster than ESM (61 against 88 ms with the DynamoDB client) and needs no createRequire.
        format: OutputFormat.CJS,
        target: 'node24',
        mainFields: ['module', 'main'],
        // The SDK that was tested is the SDK that runs, whatever the runtime carries.
        bundleAwsSDK: true,
        minify: true,
        // Errors and middlewares are told apart by class and function names, and stack traces stay readable
        // without a source map, which Node would parse at the first error of every instance.
        keepNames: true,
        ...(files && { commandHooks: copying(files) }),
      },
    });
  }
}
