/** What an agent says of itself with a beat (second specification, "Heartbeat Publishing"). */
export const BEAT_STATUSES = ['healthy', 'unhealthy', 'degraded'] as const;
export type BeatStatus = (typeof BEAT_STATUSES)[number];

/** What an agent found out by itself, such as `{ name: 'mcpConnections', status: 'unhealthy' }`. */
export interface BeatCheck {
  readonly name: string;
  readonly status: string;
  readonly message?: string;
}

/** An agent's newest beat, as its item of the table holds it: at most 1 KB, so that one costs one write unit. */
export interface Beat {
  readonly agentId: string;
  /** Which life of the agent it belongs to: registration makes the item, deregistration takes it away. */
  readonly incarnation: string;
  /** Milliseconds since the epoch, as the service's clock told them; absent: it has never beaten. */
  readonly at?: number;
  /** Seconds after `at` that the agent promises to be alive. */
  readonly ttl?: number;
  readonly status?: BeatStatus;
  /** Beats in a row that were healthy (above 0) or unhealthy (below 0). */
  readonly streak: number;
  /** The last ten, oldest first, each `milliseconds * 4 + outcome`: 0 failed, 1 passed, 2 partial. */
  readonly recent: readonly number[];
  readonly metrics?: Readonly<Record<string, number>>;
  readonly checks?: readonly BeatCheck[];
}
