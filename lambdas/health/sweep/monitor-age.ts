/** The newest that each of those who watch has told, if anything. */
type Told = { readonly at: number; readonly held: number } | undefined;

/** How the monitor itself does. */
export interface MonitorState {
  /** Milliseconds since the one that has been silent for longest told something. */
  readonly age: number;
  /** Changes of health that are held back. */
  readonly held: number;
}

/** Milliseconds of silence that one counts with who has never told anything: it may fail at each of its starts. */
const NEVER_MS = 3_600_000;

/**
 * How those do who watch over the agents.
 *
 * @param now milliseconds since the epoch
 */
export const monitorState = (told: readonly Told[], now: number): MonitorState => ({
  age: Math.max(0, ...told.map((report) => (report === undefined ? NEVER_MS : now - report.at))),
  held: told.reduce((sum, report) => sum + (report?.held ?? 0), 0),
});
