import { describe, expect, test } from '@jest/globals';
import { WRITE_ROUTES } from '../../../lambdas/agents/contract.ts';
import { READ_ROUTES } from '../../../lambdas/capability/contract.ts';
import { DISCOVERY_ROUTES } from '../../../lambdas/discovery/contract.ts';
import { HEALTH_ROUTES } from '../../../lambdas/health/contract.ts';
import { OPEN_ROUTES } from '../../../lambdas/openapi/contract.ts';
import { ofType, synthesise, theOnly } from '../../support/template.ts';

const TOKENS = { jwtIssuer: 'https://id.example.com', jwtAudience: 'registry, console' };

/** Route key to kind of authorisation. */
const authorisation = (context: Record<string, string>): Record<string, string> =>
  Object.fromEntries(
    ofType(synthesise(context), 'AWS::ApiGatewayV2::Route').map(({ Properties }) => [
      Properties.RouteKey,
      Properties.AuthorizationType,
    ]),
  );

const CLOSED = [...READ_ROUTES, ...WRITE_ROUTES, ...DISCOVERY_ROUTES, ...HEALTH_ROUTES];

const every = (keys: readonly string[], kind: string) => Object.fromEntries(keys.map((key) => [key, kind]));

/** Route key to the short name of the function that answers it. */
function answers(): Record<string, string> {
  const templates = synthesise();
  const { Resources } = templates.registry.toJSON();
  return Object.fromEntries(
    ofType(templates, 'AWS::ApiGatewayV2::Route').map(({ Properties }) => {
      const integration = Resources[Properties.Target['Fn::Join'][1][1].Ref].Properties;
      const name: string = Resources[integration.IntegrationUri['Fn::GetAtt'][0]].Properties.FunctionName;
      return [Properties.RouteKey, name.replace('ai-pa-agent-registry-dev-', '')];
    }),
  );
}

describe('the routes', () => {
  test('go to the function of their contract; what is unknown goes to the one that may use nothing', () => {
    expect(answers()).toEqual({
      ...every(OPEN_ROUTES, 'openapi'),
      ...every(READ_ROUTES, 'read-api'),
      ...every(WRITE_ROUTES, 'write-api'),
      ...every(DISCOVERY_ROUTES, 'discovery'),
      ...every(HEALTH_ROUTES, 'health-api'),
    });
  });

  test('reach the functions in payload format 2.0', () => {
    const formats = ofType(synthesise(), 'AWS::ApiGatewayV2::Integration').map(
      ({ Properties }) => Properties.PayloadFormatVersion,
    );
    expect(formats).toEqual(['2.0', '2.0', '2.0', '2.0', '2.0']);
  });

  test.each(['dev', 'prod'])('in %s need signed requests, but for the open ones', (env) => {
    expect(authorisation({ env })).toEqual({
      ...every(OPEN_ROUTES, 'NONE'),
      ...every(CLOSED, 'AWS_IAM'),
    });
  });

  test.each(['dev', 'local'])('in %s need a token once tokens are configured, but for the open ones', (env) => {
    expect(authorisation({ env, ...TOKENS })).toEqual({
      ...every(OPEN_ROUTES, 'NONE'),
      ...every(CLOSED, 'JWT'),
    });
    expect(theOnly(synthesise({ env, ...TOKENS }), 'AWS::ApiGatewayV2::Authorizer').Properties).toMatchObject({
      AuthorizerType: 'JWT',
      IdentitySource: ['$request.header.Authorization'],
      JwtConfiguration: { Issuer: 'https://id.example.com', Audience: ['registry', 'console'] },
    });
  });

  test('are all open on the local stack', () => {
    expect(new Set(Object.values(authorisation({ env: 'local' })))).toEqual(new Set(['NONE']));
  });
});

describe('the stage', () => {
  const stage = () => theOnly(synthesise(), 'AWS::ApiGatewayV2::Stage');

  test('stands at the root of the URL and follows every deployment', () => {
    expect(stage().Properties).toMatchObject({ StageName: '$default', AutoDeploy: true });
  });

  test('throttles everybody, and those who need no authorisation sooner', () => {
    const { DefaultRouteSettings, RouteSettings } = stage().Properties;
    expect(DefaultRouteSettings).toEqual({ ThrottlingRateLimit: 500, ThrottlingBurstLimit: 1_000 });
    expect(RouteSettings).toEqual(
      Object.fromEntries(OPEN_ROUTES.map((key) => [key, { ThrottlingRateLimit: 20, ThrottlingBurstLimit: 40 }])),
    );
  });

  test('waits for the routes whose settings it holds', () => {
    const { registry } = synthesise();
    const open = OPEN_ROUTES.flatMap((RouteKey) =>
      Object.keys(registry.findResources('AWS::ApiGatewayV2::Route', { Properties: { RouteKey } })),
    );
    expect(open).toHaveLength(OPEN_ROUTES.length);
    expect((stage() as unknown as { DependsOn: string[] }).DependsOn).toEqual(expect.arrayContaining(open));
  });

  test('logs who called what, and neither query strings nor anything that is secret', () => {
    const { Format } = stage().Properties.AccessLogSettings;
    expect(JSON.parse(Format)).toMatchObject({ requestId: '$context.requestId', routeKey: '$context.routeKey' });
    expect(Format).not.toMatch(/querystring|queryString|\$request|\$context\.requestOverride|authorization/i);
  });

  test('answers no browser of another origin', () => {
    expect(theOnly(synthesise(), 'AWS::ApiGatewayV2::Api').Properties.CorsConfiguration).toBeUndefined();
  });
});
