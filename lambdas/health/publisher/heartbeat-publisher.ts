import { EventEmitter } from 'node:events';
import pRetry from 'p-retry';
import { type Clock, systemClock } from '../../shared/clock.ts';
import { UnavailableError } from '../../shared/errors.ts';
import { TTL_SECONDS } from '../beats/heartbeat-bounds.ts';
import type { BeatOutcome, BeatWriter, HeartbeatPayload } from './beat-writer.ts';
import { emfLine } from './emf-line.ts';
import { type PublisherTimers, publisherTimers } from './publisher-timers.ts';

/** What an agent says of itself at the moment. */
export type Finding = Partial<Pick<HeartbeatPayload, 'status' | 'health' | 'metrics'>>;

export interface HeartbeatPublisherProps {
  readonly agentId: string;
  readonly agentType: string;
  readonly writer: BeatWriter;
  /** Seconds between two beats, a tenth more or less. @default 30 */
  readonly intervalSeconds?: number;
  /** Seconds after a beat at which the agent is taken for dead if no other came. @default 90 */
  readonly ttlSeconds?: number;
  /** Asked before each beat, and for as long as until the next. @default - the agent is healthy, and tells no metrics */
  readonly collect?: () => Finding | Promise<Finding>;
  /** Writes each taken beat as a line of metrics (EMF). @default - it does not */
  readonly emf?: { readonly namespace?: string /** @default - standard output */; write?(line: string): void };
  readonly clock?: Clock;
  readonly timers?: PublisherTimers;
  /** From 0 up to 1. */
  readonly random?: () => number;
}

/** What a publisher tells. Nobody has to listen. */
export interface PublisherEvents {
  /** The registry took a beat. */
  beat: [taken: Extract<BeatOutcome, { outcome: 'taken' }>, heartbeat: HeartbeatPayload];
  /** A beat did not reach it, or was refused; the next one is tried all the same. */
  failed: [error: unknown];
  /** The registry does not know the agent (any more). Beating goes on, for it may be registered again. */
  unregistered: [];
}

const INTERVAL_SECONDS = 30;

/** Share of the interval by which beats come sooner or later: a fleet that started together spreads. */
const JITTER = 0.1;

/** Tries after the first, and the share of the interval before the first of them, doubled each time, times 1 to 2. */
const RETRIES = 3;
const FIRST_WAIT = 1 / 30;

/** Does what is the agent's own: what goes wrong there is a warning of the process, and no matter of the beat. */
function safely(action: () => void): void {
  try {
    action();
  } catch (error) {
    process.emitWarning(error instanceof Error ? error : String(error));
  }
}

const printLine = (line: string): void => console.log(line);

/**
 * Says to the registry, again and again, that an agent is alive (second specification, "Heartbeat Publishing"). Whatever
 * goes wrong is told by events and is no reason for the agent to stop. Nor does it keep an agent alive: its timers are
 * unref'd, so that a process with nothing else to do (no server, no open connection) ends after the first beat.
 */
export class HeartbeatPublisher extends EventEmitter<PublisherEvents> {
  readonly #props: HeartbeatPublisherProps;
  readonly #interval: number;
  readonly #ttlSeconds: number;
  readonly #clock: Clock;
  readonly #timers: PublisherTimers;
  readonly #random: () => number;
  #cancelNext: (() => void) | undefined;
  /** Ends all waiting but for the registry. */
  #stopping = new AbortController();
  /** The beat under way, and those that wait behind it. */
  #last: Promise<unknown> = Promise.resolve();
  #underWay = 0;

  /** @throws RangeError where the lease would end before the next beat, or is none that the registry grants */
  constructor(props: HeartbeatPublisherProps) {
    super();
    const { intervalSeconds = INTERVAL_SECONDS, ttlSeconds = TTL_SECONDS.default } = props;
    if (!(Number.isInteger(ttlSeconds) && ttlSeconds >= TTL_SECONDS.min && ttlSeconds <= TTL_SECONDS.max)) {
      throw new RangeError(`ttlSeconds must be a whole number from ${TTL_SECONDS.min} to ${TTL_SECONDS.max}`);
    }
    if (!(Number.isFinite(intervalSeconds) && intervalSeconds > 0 && intervalSeconds * (1 + JITTER) < ttlSeconds)) {
      throw new RangeError('intervalSeconds must be well below ttlSeconds');
    }
    this.#props = props;
    this.#interval = intervalSeconds * 1_000;
    this.#ttlSeconds = ttlSeconds;
    this.#clock = props.clock ?? systemClock;
    this.#timers = props.timers ?? publisherTimers;
    this.#random = props.random ?? Math.random;
  }

  /** Beats now, and from now on. Started already, it goes on as it is. */
  start(): void {
    if (!this.#cancelNext) this.#tick();
  }

  /** Beats no more, and waits for what is under way. */
  async stop(): Promise<void> {
    this.#cancelNext?.();
    this.#cancelNext = undefined;
    this.#stopping.abort();
    this.#stopping = new AbortController();
    await this.#last;
  }

  /**
   * One beat now, behind those that are under way. Does not throw: what went wrong is told by events.
   *
   * @param finding what the agent says. @default - what `collect` says
   * @returns `undefined`: it failed
   */
  beat(finding?: Finding): Promise<BeatOutcome | undefined> {
    const { signal } = this.#stopping;
    this.#underWay += 1;
    const beat = this.#last
      .then(() => this.#publish(finding, signal))
      .finally(() => {
        this.#underWay -= 1;
      });
    this.#last = beat;
    return beat;
  }

  #tick(): void {
    const spread = 1 + JITTER * (2 * this.#random() - 1);
    this.#cancelNext = this.#timers.start(() => this.#tick(), this.#interval * spread);
    // One that takes longer than the interval is not made to take longer still.
    if (this.#underWay === 0) void this.beat();
  }

  async #publish(given: Finding | undefined, signal: AbortSignal): Promise<BeatOutcome | undefined> {
    let heartbeat: HeartbeatPayload;
    let outcome: BeatOutcome;
    try {
      heartbeat = this.#heartbeatOf(given ?? (await this.#collect(signal)) ?? {});
      outcome = await this.#write(heartbeat, signal);
    } catch (error) {
      safely(() => this.emit('failed', error));
      return undefined;
    }
    this.#tell(outcome, heartbeat);
    return outcome;
  }

  #heartbeatOf({ status = 'healthy', health, metrics }: Finding): HeartbeatPayload {
    const { agentId, agentType } = this.#props;
    const told = { ...(health && { health }), ...(metrics && { metrics }) };
    return { agentId, agentType, status, ...told, ttlSeconds: this.#ttlSeconds };
  }

  /** @throws Error where nothing is found before the next beat is due, or the publisher is stopped meanwhile */
  async #collect(signal: AbortSignal): Promise<Finding | undefined> {
    const { collect } = this.#props;
    if (collect === undefined) return undefined;
    const found = new AbortController();
    const late = this.#wait(this.#interval * (1 - JITTER), AbortSignal.any([signal, found.signal])).then(() => {
      throw new Error('collect came to no end');
    });
    try {
      return await Promise.race([(async () => collect())(), late]);
    } finally {
      found.abort();
    }
  }

  #write(heartbeat: HeartbeatPayload, signal: AbortSignal): Promise<BeatOutcome> {
    return pRetry(() => this.#props.writer.write(heartbeat), {
      retries: RETRIES,
      // The waiting is ours, so that it goes by the publisher's timers and ends when it is stopped.
      minTimeout: 0,
      shouldRetry: ({ error }) => error instanceof UnavailableError && !signal.aborted,
      onFailedAttempt: async ({ error, attemptNumber, retriesLeft }) => {
        if (retriesLeft === 0 || !(error instanceof UnavailableError)) return;
        await this.#wait(this.#interval * FIRST_WAIT * 2 ** (attemptNumber - 1) * (1 + this.#random()), signal);
      },
    });
  }

  #wait(milliseconds: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const cancel = this.#timers.start(() => {
        signal.removeEventListener('abort', stop);
        resolve();
      }, milliseconds);
      const stop = () => {
        cancel();
        resolve();
      };
      signal.addEventListener('abort', stop, { once: true });
    });
  }

  #tell(outcome: BeatOutcome, heartbeat: HeartbeatPayload): void {
    const { emf } = this.#props;
    if (outcome.outcome === 'unregistered') {
      safely(() => this.emit('unregistered'));
      return;
    }
    if (emf) safely(() => (emf.write ?? printLine)(emfLine(heartbeat, this.#clock.now(), emf.namespace)));
    safely(() => this.emit('beat', outcome, heartbeat));
  }
}
