/** What some work took. */
export interface Measured<Result> {
  readonly result: Result;
  readonly seconds: number;
  /** Seconds of a processor, of this process alone. */
  readonly cpu: number;
  /** TCP connections of this process at most, looked at every few milliseconds. */
  readonly sockets: number;
}

/** Sockets that this process has open: Node counts each as a resource that keeps it alive. */
const openSockets = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap').length;

const LOOK_MS = 20;

export async function measured<Result>(work: () => Promise<Result>): Promise<Measured<Result>> {
  let sockets = 0;
  const look = setInterval(() => {
    sockets = Math.max(sockets, openSockets());
  }, LOOK_MS);
  const cpu = process.cpuUsage();
  const start = performance.now();
  try {
    const result = await work();
    const seconds = (performance.now() - start) / 1_000;
    const { user, system } = process.cpuUsage(cpu);
    return { result, seconds, cpu: (user + system) / 1e6, sockets };
  } finally {
    clearInterval(look);
  }
}
