import { describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import type { BeatOutcome, BeatWriter, HeartbeatPayload } from '../../../lambdas/health/publisher/beat-writer.ts';
import { emfLine } from '../../../lambdas/health/publisher/emf-line.ts';
import {
  type Finding,
  HeartbeatPublisher,
  type HeartbeatPublisherProps,
} from '../../../lambdas/health/publisher/heartbeat-publisher.ts';
import { processMetrics } from '../../../lambdas/health/publisher/process-metrics.ts';
import { UnavailableError } from '../../../lambdas/shared/errors.ts';
import { clockAt, START } from '../../support/agents.ts';
import { handTimers } from '../cli/hand-timers.ts';

const TAKEN: BeatOutcome = { outcome: 'taken', expiresAt: '2026-11-21T10:01:30.000Z' };
const BUSY = new UnavailableError('busy');

/** A writer that gives these in turn, the last one again and again. */
class ScriptedWriter implements BeatWriter {
  readonly written: HeartbeatPayload[] = [];
  readonly #outcomes: readonly (BeatOutcome | Error | Promise<BeatOutcome>)[];

  constructor(...outcomes: readonly (BeatOutcome | Error | Promise<BeatOutcome>)[]) {
    this.#outcomes = outcomes;
  }

  async write(heartbeat: HeartbeatPayload): Promise<BeatOutcome> {
    const outcome = this.#outcomes[Math.min(this.written.length, this.#outcomes.length - 1)];
    this.written.push(heartbeat);
    if (outcome instanceof Error) throw outcome;
    return outcome ?? TAKEN;
  }
}

/** Lets everything happen that waits for no hand to be turned: p-retry takes a few turns of its own. */
async function rest(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setTimeout(resolve, 0));
}

function aPublisher(writer: ScriptedWriter, props: Partial<HeartbeatPublisherProps> = {}) {
  const timers = handTimers();
  const told: string[] = [];
  const agent = { agentId: 'calendar', agentType: 'specialist' };
  const publisher = new HeartbeatPublisher({ ...agent, writer, timers, random: () => 0.5, clock: clockAt(), ...props });
  publisher.on('beat', ({ expiresAt }) => told.push(`beat until ${expiresAt}`));
  publisher.on('failed', (error) => told.push(`failed: ${(error as Error).message}`));
  publisher.on('unregistered', () => told.push('unregistered'));
  const pass = async (milliseconds: number) => {
    timers.advance(milliseconds);
    await rest();
  };
  return { publisher, timers, told, pass };
}

describe('a publisher', () => {
  test('beats at once, and then at its interval, until it is stopped', async () => {
    const writer = new ScriptedWriter(TAKEN);
    const { publisher, pass, told, timers } = aPublisher(writer);
    publisher.start();
    publisher.start();
    await rest();
    expect(writer.written).toEqual([
      { agentId: 'calendar', agentType: 'specialist', status: 'healthy', ttlSeconds: 90 },
    ]);
    await pass(29_999);
    expect(writer.written).toHaveLength(1);
    await pass(1);
    expect(writer.written).toHaveLength(2);
    await publisher.stop();
    await pass(300_000);

    expect(writer.written).toHaveLength(2);
    expect(told).toEqual(Array(2).fill('beat until 2026-11-21T10:01:30.000Z'));
    expect(timers.waiting()).toBe(0);
    publisher.start();
    await rest();
    expect(writer.written).toHaveLength(3);
    await publisher.stop();
  });

  test('comes a tenth of the interval sooner or later, and no more', async () => {
    await fc.assert(
      fc.asyncProperty(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), async (random) => {
        const delays: number[] = [];
        const timers = {
          start(_: () => void, delay: number) {
            delays.push(delay);
            return () => undefined;
          },
        };
        const { publisher } = aPublisher(new ScriptedWriter(TAKEN), { timers, random: () => random });
        publisher.start();
        await publisher.stop();
        expect(delays).toHaveLength(1);
        expect(delays[0]).toBeCloseTo(30_000 * (0.9 + 0.2 * random), 6);
      }),
      { numRuns: 50 },
    );
  });

  test('tries again within the interval, with the same heartbeat, and tells of one beat', async () => {
    const writer = new ScriptedWriter(BUSY, BUSY, TAKEN);
    const { publisher, pass, told } = aPublisher(writer);
    publisher.start();
    await rest();
    expect(writer.written).toHaveLength(1);
    await pass(1_500);
    expect(writer.written).toHaveLength(2);
    await pass(3_000);

    expect(writer.written).toHaveLength(3);
    expect(writer.written[2]).toBe(writer.written[0]);
    expect(told).toEqual(['beat until 2026-11-21T10:01:30.000Z']);
    await publisher.stop();
  });

  test('gives a beat up before the next one is due, tells of it, and goes on', async () => {
    const writer = new ScriptedWriter(BUSY, BUSY, BUSY, BUSY, TAKEN);
    const { publisher, pass, told } = aPublisher(writer);
    publisher.start();
    for (let second = 0; second < 29; second += 1) await pass(1_000);
    expect(told).toEqual(['failed: busy']);
    expect(writer.written).toHaveLength(4);
    await pass(1_000);

    expect(told).toEqual(['failed: busy', 'beat until 2026-11-21T10:01:30.000Z']);
    await publisher.stop();
  });

  test('does not try again what would fail again', async () => {
    const writer = new ScriptedWriter(new Error('no such table'), TAKEN);
    const { publisher, pass, told } = aPublisher(writer);
    publisher.start();
    await pass(20_000);

    expect([writer.written.length, told]).toEqual([1, ['failed: no such table']]);
    await publisher.stop();
  });

  test('goes on when nobody knows the agent', async () => {
    const { publisher, pass, told } = aPublisher(new ScriptedWriter({ outcome: 'unregistered' }, TAKEN));
    publisher.start();
    await rest();
    await pass(30_000);

    expect(told).toEqual(['unregistered', 'beat until 2026-11-21T10:01:30.000Z']);
    await publisher.stop();
  });

  test('stops when the call under way has come to its end', async () => {
    const call = Promise.withResolvers<BeatOutcome>();
    const writer = new ScriptedWriter(call.promise);
    const { publisher, pass, told } = aPublisher(writer);
    publisher.start();
    await rest();
    // One that takes longer than the interval gets no company.
    await pass(60_000);
    expect(writer.written).toHaveLength(1);
    let stopped = false;
    const stopping = publisher.stop().then(() => {
      stopped = true;
    });
    await rest();
    expect(stopped).toBe(false);
    call.resolve(TAKEN);
    await stopping;

    expect(told).toHaveLength(1);
  });

  test('waits for no further try when it is stopped', async () => {
    const writer = new ScriptedWriter(BUSY);
    const { publisher, timers, told } = aPublisher(writer);
    publisher.start();
    await rest();
    await publisher.stop();

    expect([writer.written.length, timers.waiting(), told]).toEqual([1, 0, ['failed: busy']]);
  });

  test('says what the agent finds, and fails alone where it finds nothing', async () => {
    const findings = [{ status: 'degraded', metrics: { taskQueue: 3 } } as const];
    const collect = () => {
      const finding = findings.pop();
      if (finding === undefined) throw new Error('no finding');
      return finding;
    };
    const writer = new ScriptedWriter(TAKEN);
    const { publisher, told } = aPublisher(writer, { collect });

    expect(await publisher.beat()).toEqual(TAKEN);
    expect(await publisher.beat()).toBeUndefined();
    expect(await publisher.beat({ status: 'unhealthy' })).toEqual(TAKEN);
    expect(writer.written).toMatchObject([{ status: 'degraded', metrics: { taskQueue: 3 } }, { status: 'unhealthy' }]);
    expect(told[1]).toBe('failed: no finding');
  });

  test('gives up what the agent does not find in time, and goes on', async () => {
    let collects = 0;
    const collect = () => {
      collects += 1;
      return collects === 1 ? new Promise<never>(() => undefined) : {};
    };
    const { publisher, pass, told, timers } = aPublisher(new ScriptedWriter(TAKEN), { collect });
    publisher.start();
    await rest();
    await pass(26_999);
    expect(told).toEqual([]);
    await pass(1);
    expect(told).toEqual(['failed: collect came to no end']);
    await pass(3_000);

    expect(told[1]).toBe('beat until 2026-11-21T10:01:30.000Z');
    await publisher.stop();
    expect(timers.waiting()).toBe(0);
  });

  test('is stopped though the agent finds nothing, and beats when it is asked to afterwards', async () => {
    const collect = async () => (told.length === 0 ? new Promise<never>(() => undefined) : rest().then(() => ({})));
    const { publisher, told, timers } = aPublisher(new ScriptedWriter(TAKEN), { collect });
    publisher.start();
    await rest();
    await publisher.stop();

    expect([told, timers.waiting()]).toEqual([['failed: collect came to no end'], 0]);
    expect(await publisher.beat()).toEqual(TAKEN);
  });

  test('says what it says by itself where the agent finds a part of it', async () => {
    const writer = new ScriptedWriter(TAKEN);
    const undefinedParts = { status: undefined, metrics: undefined, agentId: 'another' } as unknown as Finding;
    await aPublisher(writer, { collect: () => undefinedParts }).publisher.beat();
    await aPublisher(writer, { collect: () => null as unknown as Finding }).publisher.beat();

    const plain = { agentId: 'calendar', agentType: 'specialist', status: 'healthy', ttlSeconds: 90 };
    expect(writer.written).toStrictEqual([plain, plain]);
  });

  test('goes on whatever those do who listen', async () => {
    const warnings: unknown[] = [];
    const warned = jest.spyOn(process, 'emitWarning').mockImplementation((warning) => void warnings.push(warning));
    const outcomes: (BeatOutcome | Error)[] = [TAKEN, new Error('refused'), { outcome: 'unregistered' }];
    const { publisher, told, pass } = aPublisher(new ScriptedWriter(...outcomes));
    const fault = new Error('a fault of the agent');
    for (const event of ['beat', 'failed', 'unregistered'] as const) {
      publisher.on(event, () => {
        throw fault;
      });
    }
    publisher.start();
    await rest();
    await pass(30_000);
    expect(await publisher.beat()).toEqual({ outcome: 'unregistered' });
    await publisher.stop();
    warned.mockRestore();

    expect(told).toEqual(['beat until 2026-11-21T10:01:30.000Z', 'failed: refused', 'unregistered']);
    expect(warnings).toEqual([fault, fault, fault]);
  });

  test('tells of a beat whose line of metrics cannot be written', async () => {
    const warned = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const write = () => {
      throw new Error('no room');
    };
    const { publisher, told } = aPublisher(new ScriptedWriter(TAKEN), { emf: { write } });
    expect(await publisher.beat()).toEqual(TAKEN);

    expect(told).toHaveLength(1);
    expect(warned).toHaveBeenCalledTimes(1);
    warned.mockRestore();
  });

  test.each([
    [{ ttlSeconds: 9 }],
    [{ ttlSeconds: 90.5 }],
    [{ ttlSeconds: '90' as never }],
    [{ intervalSeconds: '30' as never }],
    [{ ttlSeconds: 86_401 }],
    [{ intervalSeconds: 0 }],
    [{ intervalSeconds: 82, ttlSeconds: 90 }],
    [{ intervalSeconds: Number.NaN }],
  ])('is not made with %j', (props) => {
    expect(() => aPublisher(new ScriptedWriter(TAKEN), props)).toThrow(RangeError);
  });

  test('writes metrics only when it is asked to, and of beats that were taken', async () => {
    const lines: string[] = [];
    const emf = { write: (line: string) => lines.push(line) };
    const { publisher } = aPublisher(new ScriptedWriter(TAKEN, { outcome: 'unregistered' }), { emf });
    await publisher.beat({ metrics: { cpuUsage: 0.5 } });
    await publisher.beat({ metrics: { cpuUsage: 0.6 } });

    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ cpuUsage: 0.5, _aws: { Timestamp: START } });
  });
});

describe('a line of metrics', () => {
  const heartbeat = { agentId: 'calendar-7', agentType: 'core', status: 'unhealthy' } as const;

  test('has the id as a field, and the type as its only dimension', () => {
    const metrics = { memoryUsage: 0.25, state: 'fine', ratio: Number.NaN, agentId: 1, agentType: 2, _aws: 3 };
    const line = JSON.parse(emfLine({ ...heartbeat, metrics }, START));

    expect(line).toEqual({
      _aws: {
        Timestamp: START,
        CloudWatchMetrics: [
          {
            Namespace: 'AgentRegistry/Agents',
            Dimensions: [['agentType']],
            Metrics: [
              { Name: 'Heartbeats', Unit: 'Count' },
              { Name: 'HeartbeatsUnhealthy', Unit: 'Count' },
              { Name: 'memoryUsage', Unit: 'None' },
            ],
          },
        ],
      },
      ...{ agentType: 'core', agentId: 'calendar-7' },
      ...{ Heartbeats: 1, HeartbeatsUnhealthy: 1, memoryUsage: 0.25 },
    });
  });
});

test('a process is measured as shares of what it may use', () => {
  const now = { rss: 256, cpu: 0, now: 0 };
  const measure = processMetrics(1_024, { rss: () => now.rss, cpu: () => now.cpu, now: () => now.now, processors: 2 });
  Object.assign(now, { cpu: 500_000, now: 1_000 });
  expect(measure()).toEqual({ memoryUsage: 0.25, cpuUsage: 0.25 });
  expect(measure()).toEqual({ memoryUsage: 0.25, cpuUsage: 0 });
  Object.assign(now, { rss: 1_024, cpu: 4_500_000, now: 2_000 });
  expect(measure()).toEqual({ memoryUsage: 1, cpuUsage: 1 });
  // Too soon to tell; what is spent meanwhile counts the next time.
  Object.assign(now, { cpu: 4_600_000, now: 2_099 });
  expect(measure()).toEqual({ memoryUsage: 1, cpuUsage: 0 });
  Object.assign(now, { cpu: 4_700_000, now: 2_100 });
  expect(measure()).toEqual({ memoryUsage: 1, cpuUsage: 1 });
});
