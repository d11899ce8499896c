import { relative } from 'node:path';
import { watch } from 'chokidar';
import { isDocument, isLeftOut } from '../../lambdas/discovery/document-files.ts';
import { CliError } from './cli-error.ts';
import { Debounce, systemTimers, type Timers } from './debounce.ts';

/** Watches a folder: calls back at whatever happens to documents below it, until it is closed. */
export type Watch = (
  folder: string,
  onEvent: () => void,
  onError: (error: Error) => void,
) => Promise<{ close(): Promise<void> }>;

export interface SyncWatchProps {
  readonly folder: string;
  /** Brings the folder into the registry as it is now. Says what is in the way; `undefined`: nothing. Never throws. */
  readonly sync: () => Promise<string | undefined>;
  /** Told once when something gets in the way, and once when it is gone. */
  readonly onTrouble: (trouble: string | undefined) => void;
  /** Ends the watching. */
  readonly signal: AbortSignal;
  readonly watch?: Watch;
  readonly timers?: Timers;
}

/** In milliseconds: events come in flocks, and a flock that does not end is not waited for. */
const QUIET_MS = 500;
const MOST_MS = 2_000;

/** Until a sync is tried again that something got in the way of; twice as long each time. */
const FIRST_RETRY_MS = 2_000;
const LAST_RETRY_MS = 60_000;

/** Links to folders are not followed by a sync either, and those to files are watched where they lead. */
export const watchDocuments: Watch = async (folder, onEvent, onError) => {
  const watcher = watch(folder, {
    ignoreInitial: true,
    ignored: (path, stats) =>
      relative(folder, path).split(/[\\/]/).some(isLeftOut) || (stats?.isFile() === true && !isDocument(path)),
  });
  watcher.on('all', onEvent);
  watcher.on('error', (error) => onError(error as Error));
  await new Promise<void>((ready) => watcher.on('ready', ready));
  return watcher;
};

/** Brings a folder into the registry at whatever happens in it, and again while something is in the way. */
class SyncWatch {
  readonly debounce: Debounce;
  readonly #props: SyncWatchProps;
  readonly #timers: Timers;
  #trouble: string | undefined;
  #retryIn = FIRST_RETRY_MS;
  #cancelRetry: () => void = () => {};

  constructor(props: SyncWatchProps) {
    this.#props = props;
    this.#timers = props.timers ?? systemTimers;
    this.debounce = new Debounce(() => this.#work(), { quiet: QUIET_MS, most: MOST_MS, timers: this.#timers });
  }

  async #work(): Promise<void> {
    this.#cancelRetry();
    const trouble = await this.#props.sync();
    if ((trouble === undefined) !== (this.#trouble === undefined)) this.#props.onTrouble(trouble);
    this.#trouble = trouble;
    if (trouble === undefined) this.#retryIn = FIRST_RETRY_MS;
    else this.#retry();
  }

  #retry(): void {
    this.#cancelRetry = this.#timers.start(() => this.debounce.touch(), this.#retryIn);
    this.#retryIn = Math.min(this.#retryIn * 2, LAST_RETRY_MS);
  }

  async close(): Promise<void> {
    await this.debounce.close();
    this.#cancelRetry();
  }
}

/**
 * Follows a folder until the signal says to stop. What is under way then is brought to its end.
 *
 * @throws CliError when the folder cannot be watched
 */
export async function watchFolder(props: SyncWatchProps): Promise<void> {
  const { folder, signal, watch: start = watchDocuments } = props;
  const syncs = new SyncWatch(props);
  const ended = Promise.withResolvers<void>();
  const watcher = await start(
    folder,
    () => syncs.debounce.touch(),
    (error) => ended.reject(new CliError(`${folder} cannot be watched: ${error.message}`, { cause: error })),
  );
  try {
    if (signal.aborted) return;
    signal.addEventListener('abort', () => ended.resolve(), { once: true });
    syncs.debounce.touch();
    await ended.promise;
  } finally {
    await watcher.close();
    await syncs.close();
  }
}
