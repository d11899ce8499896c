import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { EventBridgePublisher } from '../../../lambdas/agents/event-bridge-publisher.ts';
import { detailOf } from '../../../lambdas/agents/lifecycle-event.ts';
import { aChange } from '../../support/agents.ts';
import { rejectionOf } from '../../support/errors.ts';

const bridge = mockClient(EventBridgeClient);
const publisher = new EventBridgePublisher(new EventBridgeClient({ region: 'eu-central-1' }), 'the-bus');
const changes = [1, 2, 3].map((revision) => aChange({ revision }));

beforeEach(() => {
  bridge.reset();
});

describe('the event bridge', () => {
  test('gets each change as an event of the registry', async () => {
    bridge.on(PutEventsCommand).resolves({ Entries: [{ EventId: 'a' }] });
    const change = aChange({ revision: 2 });
    await publisher.publish([change]);

    expect(bridge.commandCalls(PutEventsCommand)[0]?.args[0].input).toEqual({
      Entries: [
        {
          EventBusName: 'the-bus',
          Source: 'agent-registry',
          DetailType: 'AgentUpdated',
          Time: new Date(change.at),
          Detail: JSON.stringify(detailOf(change)),
        },
      ],
    });
  });

  test('refused nothing when each entry has its id', async () => {
    bridge.on(PutEventsCommand).resolves({ Entries: [{ EventId: 'a' }, { EventId: 'b' }, { EventId: 'c' }] });

    expect(await publisher.publish(changes)).toEqual([]);
  });

  test('tells which entries it refused, by their index', async () => {
    const refused = { ErrorCode: 'ThrottlingException', ErrorMessage: 'Rate exceeded' };
    bridge.on(PutEventsCommand).resolves({ FailedEntryCount: 2, Entries: [refused, { EventId: 'b' }, refused] });

    expect(await publisher.publish(changes)).toEqual([0, 2]);
  });

  test.each([
    [{}, [0, 1, 2]],
    [{ FailedEntryCount: 0 }, [0, 1, 2]],
    [{ Entries: [{ EventId: 'a' }] }, [1, 2]],
    [{ Entries: [{ EventId: 'a' }, {}, { EventId: '' }] }, [1, 2]],
  ])('has not taken what it says nothing of: %j', async (answer, refused) => {
    bridge.on(PutEventsCommand).resolves(answer);

    expect(await publisher.publish(changes)).toEqual(refused);
  });

  test('throws when the call as a whole fails', async () => {
    const error = Object.assign(new Error('no such bus'), { name: 'ResourceNotFoundException' });
    bridge.on(PutEventsCommand).rejects(error);

    expect(await rejectionOf(publisher.publish(changes))).toBe(error);
  });

  test('takes at most ten entries a call, as PutEvents does', () => {
    expect(publisher.batchSize).toBe(10);
  });
});
