import { firstUlidOf } from '../shared/ids.ts';
import type { ChangeLog } from './change.ts';
import { type ChangePublisher, publishChanges } from './publish-changes.ts';

/** A span of the change log. */
export interface RepublishCommand {
  /** Milliseconds since the epoch, inclusive. */
  readonly from: number;
  /** Milliseconds since the epoch, exclusive. */
  readonly to: number;
  /** Told after each page how many changes were announced so far. */
  readonly onProgress?: (published: number) => void;
}

/**
 * Announces again what the log holds of a span of time: the way back after an outage that outlasted the stream's
 * retries. Consumers know a change by its `eventId`, so announcing too much does no harm.
 *
 * @returns how many changes were announced
 * @throws what {@link publishChanges} throws; what came before is announced
 */
export async function republish(
  log: ChangeLog,
  publisher: ChangePublisher,
  command: RepublishCommand,
): Promise<number> {
  const { from, to, onProgress } = command;
  let published = 0;
  for await (const page of log.read(firstUlidOf(from), { to: firstUlidOf(to) })) {
    const changes = page.filter(({ copyOf }) => copyOf === undefined);
    await publishChanges(changes, publisher);
    published += changes.length;
    onProgress?.(published);
  }
  return published;
}
