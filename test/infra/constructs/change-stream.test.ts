import { describe, expect, test } from '@jest/globals';
import { synthesise, theOnly } from '../../support/template.ts';

const mapping = () =>
  theOnly(synthesise(), 'AWS::Lambda::EventSourceMapping', ({ StartingPosition }) => StartingPosition !== undefined)
    .Properties;

describe('change-stream', () => {
  test('is woken by new entries of the change log alone', () => {
    const patterns = mapping().FilterCriteria.Filters.map(({ Pattern }: { Pattern: string }) => JSON.parse(Pattern));
    expect(patterns).toEqual([{ eventName: ['INSERT'], dynamodb: { Keys: { pk: { S: ['CHANGE'] } } } }]);
  });

  test('reads the stream of the table from its beginning', () => {
    expect(mapping().EventSourceArn['Fn::ImportValue']).toMatch(/RegistryTable\w+StreamArn/);
    expect(mapping()).toMatchObject({ StartingPosition: 'TRIM_HORIZON', BatchSize: 100 });
  });

  test('tries for 6 hours, halving a batch that fails, and then reports where it lay', () => {
    expect(mapping()).toMatchObject({
      BisectBatchOnFunctionError: true,
      MaximumRetryAttempts: 1_000,
      MaximumRecordAgeInSeconds: 6 * 3_600,
    });
    expect(mapping().DestinationConfig.OnFailure.Destination['Fn::ImportValue']).toMatch(/DeadLetters\w+Arn/);
  });

  test('throws where it fails: it does not report single entries, which would let later ones overtake', () => {
    expect(mapping().FunctionResponseTypes).toBeUndefined();
  });
});
