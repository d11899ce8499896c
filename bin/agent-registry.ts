/** The command line: `npm run -s cli -- COMMAND`. */
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

// Compiled code is kept for the next command, which then starts in half the time. Beside the packages, for whoever may
// write there may change the code as well; Node's own place for it is open to everybody on the machine.
enableCompileCache(join(import.meta.dirname, '../node_modules/.cache/compiled'));
const { runCli } = await import('./cli/run-cli.ts');

// A reader that has seen enough, such as `head`, closes the pipe: that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

process.exitCode = await runCli(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  environment: process.env,
});
