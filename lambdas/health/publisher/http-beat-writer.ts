import { UnavailableError } from '../../shared/errors.ts';
import type { HeartbeatAnswer } from '../beats/heartbeat-schema.ts';
import type { BeatOutcome, BeatWriter, HeartbeatPayload } from './beat-writer.ts';

/** A heartbeat about to be sent. */
export interface BeatRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface HttpBeatWriterProps {
  /** The registry's API, without a slash at its end. */
  readonly apiUrl: string;
  /**
   * Gives the headers to send: those of the request, and what proves who sends it, such as a token. Each try asks anew.
   *
   * @default - nothing is added
   */
  readonly authorise?: (request: BeatRequest) => Promise<Readonly<Record<string, string>>>;
  /** Milliseconds after which an answer is given up. @default - 10 seconds */
  readonly timeout?: number;
}

const TIMEOUT = 10_000;

/** The registry refuses a heartbeat, and would refuse it again. */
export class HeartbeatRefusedError extends Error {
  readonly status: number;

  constructor(status: number, detail: string) {
    super(`The registry refused the heartbeat with ${status}: ${detail}`);
    this.name = 'HeartbeatRefusedError';
    this.status = status;
  }
}

const isPassing = (status: number): boolean => status === 429 || status >= 500;

/** Heartbeats by the REST API, for agents that have no way to the table. */
export class HttpBeatWriter implements BeatWriter {
  readonly #props: HttpBeatWriterProps;

  constructor(props: HttpBeatWriterProps) {
    this.#props = props;
  }

  async write(heartbeat: HeartbeatPayload): Promise<BeatOutcome> {
    const { status, text } = await this.#send(heartbeat);
    if (status === 200) return { outcome: 'taken', expiresAt: (JSON.parse(text) as HeartbeatAnswer).expiresAt };
    if (status === 404) return { outcome: 'unregistered' };
    if (isPassing(status)) throw new UnavailableError(`The registry answered ${status}.`);
    throw new HeartbeatRefusedError(status, text.slice(0, 500));
  }

  async #send(heartbeat: HeartbeatPayload): Promise<{ status: number; text: string }> {
    const { apiUrl, authorise, timeout = TIMEOUT } = this.#props;
    const url = new URL(`${apiUrl}/registry/agents/${encodeURIComponent(heartbeat.agentId)}/heartbeat`);
    const body = JSON.stringify(heartbeat);
    const request = { method: 'POST', url, headers: { 'content-type': 'application/json' }, body };
    const headers = authorise ? await authorise(request) : request.headers;
    try {
      const response = await fetch(url, { ...request, headers, signal: AbortSignal.timeout(timeout) });
      return { status: response.status, text: await response.text() };
    } catch (error) {
      throw new UnavailableError('The registry does not answer.', { cause: error });
    }
  }
}
