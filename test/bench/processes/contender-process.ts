/** One contender with all agents of a size, asked by messages from `Contestant`. Arguments: its name and the size. */
import { CONTENDERS } from '../contenders/all.ts';
import { agents } from '../data.ts';
import type { TimedOperation } from '../questions.ts';
import { Asker, type Budget } from './asker.ts';

/** What may be asked of this process. */
export type Request =
  | { readonly ask: 'answers'; readonly operation: TimedOperation; readonly limit: number }
  | { readonly ask: 'time'; readonly operation: TimedOperation; readonly questions: number; readonly budget: Budget }
  | {
      readonly ask: 'profile';
      readonly operation: TimedOperation;
      readonly path: string;
      readonly milliseconds: number;
    }
  | { readonly ask: 'close' };

async function main([name = '', size = '']: readonly string[]): Promise<void> {
  const build = await CONTENDERS[name]?.();
  const everybody = [...agents(Number(size))];
  const start = performance.now();
  const contender = await build?.(everybody);
  const built = performance.now() - start;
  everybody.length = 0;
  if (contender === undefined) return process.disconnect();
  const asker = new Asker(contender, Number(size));
  const reply = async (request: Request): Promise<unknown> => {
    if (request.ask === 'answers') return asker.answers(request.operation, request.limit);
    if (request.ask === 'time') return asker.time(request.operation, request.questions, request.budget);
    if (request.ask === 'profile') return asker.profile(request.operation, request.path, request.milliseconds);
    await contender.close?.();
    return undefined;
  };
  process.on('message', async (request: Request) => {
    process.send?.({ reply: await reply(request) });
    if (request.ask === 'close') process.disconnect();
  });
  process.send?.({ reply: built });
}

await main(process.argv.slice(2));
