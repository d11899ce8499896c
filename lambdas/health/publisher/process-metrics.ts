import { availableParallelism } from 'node:os';

/** What a process takes, as ratios of 0 to 1: of the memory that it may have, and of the processors that there are. */
export interface ProcessMetrics {
  readonly memoryUsage: number;
  readonly cpuUsage: number;
}

/** Where the measurements come from. */
export interface MeasuredProcess {
  /** Bytes. */
  rss(): number;
  /** Microseconds of processor time since it started. */
  cpu(): number;
  /** Milliseconds, from whenever. */
  now(): number;
  readonly processors: number;
}

const thisProcess: MeasuredProcess = {
  rss: () => process.memoryUsage.rss(),
  cpu: () => {
    const { user, system } = process.cpuUsage();
    return user + system;
  },
  now: () => performance.now(),
  processors: availableParallelism(),
};

/** Milliseconds below which processor time is not told well enough to speak of a share: it comes in ticks of up to ten. */
const MIN_ELAPSED = 100;

/**
 * Measures this process for its heartbeats: the metrics that `monitoring.resourceCheck` of an agent speaks of.
 *
 * @param allocatedBytes memory that the agent may use
 * @returns gives at each call what it takes now; of the processors since the call before, 0 right after it
 */
export function processMetrics(allocatedBytes: number, measured = thisProcess): () => ProcessMetrics {
  let [cpu, time] = [measured.cpu(), measured.now()];
  return () => {
    const memoryUsage = measured.rss() / allocatedBytes;
    const [spent, elapsed] = [measured.cpu() - cpu, measured.now() - time];
    if (elapsed < MIN_ELAPSED) return { memoryUsage, cpuUsage: 0 };
    [cpu, time] = [cpu + spent, time + elapsed];
    return { memoryUsage, cpuUsage: Math.min(1, spent / (elapsed * 1_000 * measured.processors)) };
  };
}
