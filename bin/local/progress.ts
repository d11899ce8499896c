import ora from 'ora';

/** News of one step of a start; steps may overlap. */
export type Progress = {
  /** What is being done, such as `Deploy the registry`. */
  readonly step: string;
  readonly state: 'started' | 'done' | 'failed';
  /** How long it has taken so far. */
  readonly seconds: number;
};

export type OnProgress = (progress: Progress) => void;

/** Does something, and says when it starts, is done or fails. */
export async function tracked<T>(step: string, onProgress: OnProgress, work: () => Promise<T>): Promise<T> {
  const start = performance.now();
  const tell = (state: Progress['state']) => onProgress({ step, state, seconds: (performance.now() - start) / 1_000 });
  tell('started');
  try {
    const result = await work();
    tell('done');
    return result;
  } catch (error) {
    tell('failed');
    throw error;
  }
}

/** A line for every step that ends, with its seconds. */
export function progressLines(write: (line: string) => void): OnProgress {
  return ({ step, state, seconds }) => {
    if (state !== 'started') write(`${state === 'done' ? '✔' : '✖'} ${step} (${seconds.toFixed(1)} s)`);
  };
}

/** The same lines, and on a terminal a moving one below them that names what is going on. */
export function progressOnTerminal(stream: NodeJS.WriteStream): OnProgress {
  // A terminal that does not know its width says 0 columns, and the spinner would wrap its line for ever.
  const moving = stream.isTTY && stream.columns > 0;
  const spinner = ora({ stream, discardStdin: false, isSilent: !moving });
  const running = new Set<string>();
  const line = progressLines((text) => stream.write(`${text}\n`));
  return (progress) => {
    if (progress.state === 'started') running.add(progress.step);
    else running.delete(progress.step);
    spinner.stop();
    line(progress);
    if (running.size > 0) spinner.start([...running].join(', '));
  };
}
