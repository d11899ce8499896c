import { AssetHashType, DockerImage, type Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Code, Function as LambdaFunction, LoggingFormat, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { type BundledFiles, bundleFunction } from '../bundle.ts';
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
  /** @default - there is nothing but code */
  readonly files?: BundledFiles;
}

/** What a handler reads, less the names that come with the permission to use what they name. */
export type GivenEnvironment<Names extends readonly string[]> = Record<
  Exclude<Names[number], 'TABLE_NAME' | 'BUCKET_NAME' | 'EVENT_BUS_NAME'>,
  string
>;

/** The bundle of a function. It is made on this machine; the CDK asks for a folder and an image, and uses neither. */
const codeOf = (entry: string, files: BundledFiles | undefined): Code =>
  Code.fromAsset(import.meta.dirname, {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      image: DockerImage.fromRegistry('none'),
      // The CDK bundles once what has the same settings.
      command: [entry, JSON.stringify(files ?? {})],
      local: {
        tryBundle: (folder) => {
          bundleFunction(entry, folder, files);
          return true;
        },
      },
    },
  });

/**
 * A function of the registry: its own role, its own log group, and a bundle with everything in it.
 * The role may write its own log lines and nothing else; `grantX` of what it uses adds the rest.
 */
export class RegistryFunction extends Construct {
  readonly role: Role;
  readonly fn: LambdaFunction;

  constructor(scope: Construct, id: string, { config, shortName, entry, files, ...props }: RegistryFunctionProps) {
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
    this.fn = new LambdaFunction(this, 'Function', {
      ...props,
      functionName,
      logGroup,
      role: this.role,
      code: codeOf(entry, files),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      loggingFormat: LoggingFormat.JSON,
      environment: {
        // Powertools makes the service a dimension of each metric: the full name keeps stages of one account apart.
        POWERTOOLS_SERVICE_NAME: functionName,
        POWERTOOLS_METRICS_NAMESPACE: METRICS_NAMESPACE,
        ...props.environment,
      },
    });
  }
}
