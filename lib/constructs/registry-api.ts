import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  type CfnStage,
  HttpApi,
  type HttpMethod,
  HttpRoute,
  HttpRouteKey,
  HttpStage,
  type IHttpRouteAuthorizer,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer, HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { WRITE_ROUTES } from '../../lambdas/agents/contract.ts';
import { READ_ROUTES } from '../../lambdas/capability/contract.ts';
import { DISCOVERY_ROUTES } from '../../lambdas/discovery/contract.ts';
import { HEALTH_ROUTES } from '../../lambdas/health/contract.ts';
import { OPEN_ROUTES } from '../../lambdas/openapi/contract.ts';
import type { StageConfig } from '../config.ts';

export interface RegistryApiProps {
  readonly config: StageConfig;
  /** Answers {@link OPEN_ROUTES}. It may use nothing that is worth protecting. */
  readonly open: IFunction;
  /** Answers {@link READ_ROUTES}. */
  readonly read: IFunction;
  /** Answers {@link WRITE_ROUTES}. */
  readonly write: IFunction;
  /** Answers {@link DISCOVERY_ROUTES}. */
  readonly discovery: IFunction;
  /** Answers {@link HEALTH_ROUTES}. */
  readonly health: IFunction;
}

/** Requests a second, and how many may come at once. One partition of the table takes 500 commits a second. */
const THROTTLE = { rateLimit: 500, burstLimit: 1_000 };

/**
 * What anybody may call is kept from using up the functions' concurrency: a health check needs far less.
 * Spelled as CloudFormation does: CDK knows no settings of single routes and hands these on as they are.
 */
const OPEN_THROTTLE = { ThrottlingRateLimit: 20, ThrottlingBurstLimit: 40 };

const OPEN_ON_PURPOSE = {
  id: 'AwsSolutions-APIG4',
  reason:
    'It tells nothing of any agent: whether the API answers, how it is described, and that a route is unknown. ' +
    'It is throttled sooner than the rest.',
};

/**
 * A line of the access log. No query string, body or authorization, which may hold what is nobody's business; nothing
 * that can hold a quotation mark and break the JSON (the user agent, error texts).
 */
const ACCESS_LOG = {
  requestId: '$context.requestId',
  time: '$context.requestTime',
  ip: '$context.identity.sourceIp',
  caller: '$context.identity.userArn',
  subject: '$context.authorizer.claims.sub',
  routeKey: '$context.routeKey',
  path: '$context.path',
  status: '$context.status',
  error: '$context.error.responseType',
  responseBytes: '$context.responseLength',
  milliseconds: '$context.responseLatency',
  functionStatus: '$context.integrationStatus',
  functionMilliseconds: '$context.integrationLatency',
};

function authorizerOf({ anonymous, jwt }: StageConfig): IHttpRouteAuthorizer | undefined {
  if (anonymous) return undefined;
  return jwt ? new HttpJwtAuthorizer('Jwt', jwt.issuer, { jwtAudience: [...jwt.audience] }) : new HttpIamAuthorizer();
}

function routeKeyOf(key: string): HttpRouteKey {
  if (key === HttpRouteKey.DEFAULT.key) return HttpRouteKey.DEFAULT;
  const [method, path] = key.split(' ') as [HttpMethod, string];
  return HttpRouteKey.with(path, method);
}

/** The HTTP API: the routes of the contracts, closed to unverified callers except for {@link OPEN_ROUTES}. */
export class RegistryApi extends Construct {
  readonly api: HttpApi;

  constructor(scope: Construct, id: string, { config, open, ...closed }: RegistryApiProps) {
    super(scope, id);
    this.api = new HttpApi(this, 'Http', { apiName: config.name, createDefaultStage: false });
    const authorizer = authorizerOf(config);
    const openRoutes = this.route(OPEN_ROUTES, new HttpLambdaIntegration('Open', open));
    for (const route of openRoutes) Validations.of(route).acknowledge(OPEN_ON_PURPOSE);
    this.route(READ_ROUTES, new HttpLambdaIntegration('Read', closed.read), authorizer);
    this.route(WRITE_ROUTES, new HttpLambdaIntegration('Write', closed.write), authorizer);
    this.route(DISCOVERY_ROUTES, new HttpLambdaIntegration('Discovery', closed.discovery), authorizer);
    this.route(HEALTH_ROUTES, new HttpLambdaIntegration('Health', closed.health), authorizer);

    const stage = new HttpStage(this, 'Stage', {
      httpApi: this.api,
      autoDeploy: true,
      throttle: THROTTLE,
      accessLogSettings: {
        destination: new LogGroupLogDestination(this.accessLog(config)),
        format: AccessLogFormat.custom(JSON.stringify(ACCESS_LOG)),
      },
    });
    (stage.node.defaultChild as CfnStage).routeSettings = Object.fromEntries(
      OPEN_ROUTES.map((key) => [key, OPEN_THROTTLE]),
    );
    // The gateway refuses settings of a route that is not there yet.
    stage.node.addDependency(...openRoutes);
  }

  private route(keys: readonly string[], integration: HttpLambdaIntegration, authorizer?: IHttpRouteAuthorizer) {
    return keys.map(
      (key) =>
        new HttpRoute(this, key, {
          httpApi: this.api,
          routeKey: routeKeyOf(key),
          integration,
          ...(authorizer && { authorizer }),
        }),
    );
  }

  private accessLog(config: StageConfig): LogGroup {
    return new LogGroup(this, 'AccessLog', {
      // The gateway writes one entry for all groups under this prefix into the account's log policy, and one for each
      // group elsewhere, until its 5,120 characters are full and the next stage cannot be deployed.
      logGroupName: `/aws/vendedlogs/apis/${config.name}`,
      retention: config.retained ? RetentionDays.THREE_MONTHS : RetentionDays.TWO_WEEKS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
  }
}
