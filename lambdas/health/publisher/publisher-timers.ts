/** Where waiting comes from; tests turn the hands themselves. */
export interface PublisherTimers {
  /** Calls once after so many milliseconds, unless what it returns is called before. */
  start(action: () => void, milliseconds: number): () => void;
}

/** The machine's timers. They keep no process alive that has nothing else to do. */
export const publisherTimers: PublisherTimers = {
  start: (action, milliseconds) => {
    const timer = setTimeout(action, milliseconds).unref();
    return () => clearTimeout(timer);
  },
};
