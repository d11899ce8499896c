/** The newest that each of those who watch has told, if anything. */
type Told = { readonly at: number; readonly held: number } | undefined;

/** How the monitor itself does. */
export interface MonitorState {
  /** Milliseconds since the one that has been silent for longest told something. */
  readonly age: number;
  /** Changes of health that are held back. */
  readonly held: number;
}

/**
 * How those do who watch over the agents. One that has never told anything is not counted: a new stage has none.
 *
 * @param now milliseconds since the epoch
 */
export function monitorState(told: readonly Told[], now: number): MonitorState {
  const reports = told.filter((report) => report !== undefined);
  return {
    age: Math.max(0, ...reports.map(({ at }) => now - at)),
    held: reports.reduce((sum, { held }) => sum + held, 0),
  };
}
