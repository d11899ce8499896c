import { setTimeout as delay } from 'node:timers/promises';
import type { Command } from 'commander';
import type { Health } from '../../lambdas/agents/status.ts';
import { CHECK_KINDS, type CheckKind } from '../../lambdas/health/contract.ts';
import type { AgentHealth, FleetHealth } from '../../lambdas/health/health-schema.ts';
import { isoTime } from '../../lambdas/shared/clock.ts';
import { agentPath, type CommandContext, type OpenContext } from './command-context.ts';
import type { Output } from './output.ts';

interface HealthFlags {
  readonly watch?: boolean;
}

/** Between two looks, in milliseconds: checks and beats come every half minute. */
const PAUSE = 2_000;

function coloured({ colours }: Output, health: Health): string {
  const paint = { healthy: colours.green, degraded: colours.yellow, unhealthy: colours.red, unknown: colours.dim };
  return paint[health](health);
}

/** One agent: how it is, and the results that this follows from. */
function printAgent(agent: AgentHealth, output: Output): void {
  const { agentId, health, because, since, consecutiveFailures, consecutiveSuccesses, lease, history } = agent;
  const row = consecutiveFailures > 0 ? `${consecutiveFailures} failures` : `${consecutiveSuccesses} successes`;
  output.line(`${agentId} is ${coloured(output, health)} since ${since}, ${row} in a row`);
  if (because !== null) output.line(`Why: ${because}`);
  if (lease) output.line(`Its lease ${lease.expired ? 'ended' : 'ends'} at ${lease.expiresAt}`);
  if (history.length === 0) {
    output.line('Nobody has checked it yet, and it has sent no heartbeat.');
    return;
  }
  const rows = history.map(({ timestamp, healthy, details, responseTime, error = '' }) => [
    isoTime(timestamp),
    details?.source ?? '',
    healthy ? 'passed' : details?.partial ? 'partial' : 'failed',
    details?.reason ?? '',
    responseTime === undefined ? '' : `${Math.round(responseTime)} ms`,
    error,
  ]);
  output.line();
  output.table(['TIME', 'SOURCE', 'RESULT', 'REASON', 'TOOK', 'ERROR'], rows);
}

/** The setting of the stage without which a kind of check asks AWS about nothing. */
const PERMITS: Readonly<Partial<Record<CheckKind, string>>> = { lambda: 'checkedFunctions', ecs: 'checkedServices' };

/** What somebody overlooked who declares such checks, and deployed a stage that permits none of them. */
function unpermitted(kind: CheckKind, round: FleetHealth['checks'][CheckKind]): string | undefined {
  if (round === null || PERMITS[kind] === undefined) return undefined;
  const { passed, partial, failed, unasked } = round.results;
  if (unasked === 0 || passed + partial + failed > 0) return undefined;
  return `The last ${kind} round asked about nobody: a stage asks about what it was deployed with, -c ${PERMITS[kind]}=NAMES.`;
}

/** Those who watch over the fleet: when they last looked, and what holds them back. */
function printWatch({ checks, sweep, override }: FleetHealth, output: Output): void {
  const rounds = CHECK_KINDS.map((kind) => {
    const round = checks[kind];
    if (round === null) return [kind, '', '', '', '', '', '', ''];
    const { passed, partial, failed, unasked } = round.results;
    const counts = [round.targets, passed, partial, failed, unasked, round.held].map(String);
    return [kind, round.at, ...counts];
  });
  output.line();
  output.table(['CHECK', 'LAST ROUND', 'AGENTS', 'PASSED', 'PARTIAL', 'FAILED', 'UNASKED', 'HELD'], rounds);
  for (const kind of CHECK_KINDS) {
    const sentence = unpermitted(kind, checks[kind]);
    if (sentence !== undefined) output.line(sentence);
  }
  const { red } = output.colours;
  for (const kind of CHECK_KINDS) {
    if (checks[kind]?.suspected) output.line(red(`All ${kind} checks failed at once: the checker is doubted.`));
  }
  output.line();
  if (sweep) {
    const { at, leased, expired, evicted, held, preserving } = sweep;
    output.line(`Sweep at ${at}: ${leased} leases, ${expired} ended, ${evicted} evicted, ${held} held`);
    if (preserving) output.line(red('So many leases ended at once that nobody is evicted.'));
  } else output.line('There was no sweep yet.');
  if (override) {
    output.line(`Override ${override.mode} by ${override.actor} until ${override.until}: ${override.reason}`);
  }
}

function printFleet(fleet: FleetHealth, output: Output): void {
  const { totalAgents, health, agents } = fleet;
  const counts = (Object.entries(health) as [Health, number][]).map(
    ([word, count]) => `${count} ${coloured(output, word)}`,
  );
  output.line(`${totalAgents} ${totalAgents === 1 ? 'agent' : 'agents'}: ${counts.join(', ')}`);
  if (agents.length > 0) {
    output.line();
    const rows = agents.map(({ agentId, name, health: how }) => [agentId, name, coloured(output, how)]);
    output.table(['ID', 'NAME', 'HEALTH'], rows);
  }
  printWatch(fleet, output);
}

async function look(context: CommandContext, id: string | undefined): Promise<AgentHealth | FleetHealth> {
  const client = await context.client();
  const path = id === undefined ? '/registry/health' : `${agentPath(id)}/health`;
  return client.call({ method: 'GET', path });
}

function print({ json, output }: CommandContext, answer: AgentHealth | FleetHealth, watch: boolean): void {
  // Of what is watched, `--json` prints an object a line.
  if (json && watch) output.line(JSON.stringify(answer));
  else if (json) output.json(answer);
  else if ('agentId' in answer) printAgent(answer, output);
  else printFleet(answer, output);
}

/**
 * What of an answer is news when it changes: each result of an agent, but of the fleet neither when it was last looked at
 * nor how many were asked in which round.
 */
export function newsIn(answer: AgentHealth | FleetHealth): unknown {
  if ('agentId' in answer) return answer;
  const { totalAgents, health, agents, checks, sweep, override } = answer;
  const doubted = CHECK_KINDS.map((kind) => checks[kind]?.suspected);
  return { totalAgents, health, agents, doubted, preserving: sweep?.preserving, override };
}

/**
 * Looks again and again, and shows what is not as it was at the look before. Comes to an end when a look fails.
 *
 * @param newsOf what of an answer it is shown for
 * @param pause between two looks
 */
export async function showChanges<Answer>(
  see: () => Promise<Answer>,
  show: (answer: Answer) => void,
  newsOf: (answer: Answer) => unknown,
  pause: () => Promise<unknown>,
): Promise<never> {
  for (let shown = ''; ; await pause()) {
    const answer = await see();
    const text = JSON.stringify(newsOf(answer));
    if (text !== shown) show(answer);
    shown = text;
  }
}

async function health(context: CommandContext, id: string | undefined, { watch = false }: HealthFlags): Promise<void> {
  const see = () => look(context, id);
  if (!watch) return print(context, await see(), false);
  const show = (answer: AgentHealth | FleetHealth) => {
    print(context, answer, true);
    if (!context.json) context.output.line();
  };
  return showChanges(see, show, newsIn, () => delay(PAUSE));
}

/** `health`: how one agent has done, or the fleet and those who watch over it; `--watch` stays and shows what changes. */
export const addHealth = (program: Command, open: OpenContext): Command =>
  program
    .command('health')
    .description('Show how an agent has done of late, or the whole fleet')
    .argument('[id]', 'id of the agent (default: the fleet)')
    .option('-w, --watch', 'stay, and show what changes')
    .action(async (id: string | undefined, flags: HealthFlags) => health(open(), id, flags));
