import { writeFile } from 'node:fs/promises';
import { Session } from 'node:inspector/promises';

/** Microseconds between two looks at what runs. */
const INTERVAL = 200;

/** Does something, and keeps where its time went as a `.cpuprofile`, which browsers and editors show. */
export async function profiled(path: string, work: () => unknown): Promise<void> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: INTERVAL });
  await session.post('Profiler.start');
  await work();
  const { profile } = await session.post('Profiler.stop');
  session.disconnect();
  await writeFile(path, JSON.stringify(profile));
}

/** Bytes between two objects that are looked at. */
const EVERY = 4_096;

/** Notes from now on who makes what; `write` keeps what of it still lives, as a `.heapprofile`. */
export async function startHeapProfiler(): Promise<{ write(path: string): Promise<void> }> {
  const session = new Session();
  session.connect();
  await session.post('HeapProfiler.startSampling', { samplingInterval: EVERY });
  return {
    write: async (path) => {
      const { profile } = await session.post('HeapProfiler.getSamplingProfile');
      session.disconnect();
      await writeFile(path, JSON.stringify(profile));
    },
  };
}
