import { describe, expect, test } from '@jest/globals';
import { keys } from '../../../lambdas/agents/dynamo-items.ts';
import { synthesise, theOnly } from '../../support/template.ts';

const policy = () => theOnly(synthesise(), 'AWS::IAM::ManagedPolicy').Properties;
const statements = () => policy().PolicyDocument.Statement;

/** What IAM makes of the policy's condition for a role that is tagged so. */
const partitionsFor = (agentId: string): string[] =>
  statements()[0].Condition['ForAllValues:StringEquals']['dynamodb:LeadingKeys'].map((partition: string) =>
    partition.replace(`\${aws:PrincipalTag/agentId}`, agentId),
  );

describe('the policy of heartbeats', () => {
  test('is named by its stage', () => {
    expect(policy().ManagedPolicyName).toBe('ai-pa-agent-registry-dev-heartbeat');
  });

  test('lets an agent read and update, on the table alone, and nothing else', () => {
    const table = Object.keys(synthesise().storage.findResources('AWS::DynamoDB::GlobalTable'))[0];
    expect(statements()).toEqual([
      expect.objectContaining({
        Effect: 'Allow',
        Action: ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
        Resource: { 'Fn::GetAtt': [table, 'Arn'] },
      }),
    ]);
  });

  test('opens the one partition in which the beat of the tagged agent is', () => {
    expect(partitionsFor('calendar')).toEqual([keys.beat('calendar').pk]);
  });

  test('takes the tag as it is: nothing in it stands for others', () => {
    expect(Object.keys(statements()[0].Condition).sort()).toEqual(['ForAllValues:StringEquals', 'Null']);
  });

  test('gives nothing to a role without the tag', () => {
    expect(statements()[0].Condition.Null).toEqual({ 'aws:PrincipalTag/agentId': 'false' });
  });
});
