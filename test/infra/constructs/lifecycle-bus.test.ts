import { describe, expect, test } from '@jest/globals';
import { ofType, synthesise, theOnly } from '../../support/template.ts';

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

  test('has one publisher: the role of change-stream', () => {
    const tagged = ofType(synthesise(), 'AWS::IAM::Role').filter(({ Properties }) =>
      Properties.Tags.some(({ Key }: { Key: string }) => Key === TAG.Key),
    );
    expect(tagged).toHaveLength(1);
    expect(tagged[0]?.Properties.Tags).toContainEqual(TAG);
    const { registry } = synthesise();
    const [logicalId] =
      Object.entries(
        registry.findResources('AWS::IAM::Role', { Properties: { Tags: tagged[0]?.Properties.Tags } }),
      )[0] ?? [];
    registry.hasResourceProperties('AWS::Lambda::Function', {
      FunctionName: 'ai-pa-agent-registry-dev-change-stream',
      Role: { 'Fn::GetAtt': [logicalId, 'Arn'] },
    });
  });
});
