import { describe, expect, test } from '@jest/globals';
import { functionNamed, synthesise, theOnly } from '../../support/template.ts';

const TAG = { Key: 'agent-registry-publisher', Value: 'ai-pa-agent-registry-dev' };

describe('the bus', () => {
  test('denies the name of the registry to whoever is not tagged as a publisher of this stage', () => {
    const { Name, Policy } = theOnly(synthesise(), 'AWS::Events::EventBus').Properties;
    expect(Name).toBe('ai-pa-agent-registry-dev');
    expect(Policy.Statement).toEqual([
      {
        Sid: 'OnlyPublishersSpeakForTheRegistry',
        Effect: 'Deny',
        Principal: '*',
        Action: 'events:PutEvents',
        Resource: { 'Fn::Join': ['', expect.arrayContaining([':event-bus/ai-pa-agent-registry-dev'])] },
        Condition: {
          'ForAnyValue:StringEquals': { 'events:source': 'agent-registry' },
          StringNotEquals: { [`aws:PrincipalTag/${TAG.Key}`]: TAG.Value },
        },
      },
    ]);
  });

  test('has two publishers: the roles of change-stream and of discovery', () => {
    const { registry } = synthesise();
    const publishers = Object.entries(registry.findResources('AWS::IAM::Role')).filter(([, { Properties }]) =>
      Properties.Tags.some(({ Key }: { Key: string }) => Key === TAG.Key),
    );
    for (const [, { Properties }] of publishers) expect(Properties.Tags).toEqual(expect.arrayContaining([TAG]));
    const roles = ['change-stream', 'discovery'].map(
      (shortName) => functionNamed(synthesise(), shortName).Properties.Role['Fn::GetAtt'][0],
    );
    expect(publishers.map(([logicalId]) => logicalId).sort()).toEqual(roles.sort());
  });
});
