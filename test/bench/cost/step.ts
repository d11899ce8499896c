import { progressOnTerminal, tracked } from '../../../bin/local/progress.ts';

/** Standard output is for the figures. */
const onProgress = progressOnTerminal(process.stderr);

/** Does a part of the counting, and says on standard error what is done and how long it took. */
export const step = <Result>(name: string, work: () => Promise<Result>): Promise<Result> =>
  tracked(name, onProgress, work);
