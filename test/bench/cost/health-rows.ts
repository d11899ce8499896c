import {
  CHECK_KINDS,
  type CheckKind,
  HEALTH_METRICS,
  ROUND_SECONDS,
  SWEEP_SECONDS,
} from '../../../lambdas/health/contract.ts';
import { emfLine } from '../../../lambdas/health/publisher/emf-line.ts';
import type { Units } from '../capacity-meter.ts';
import { PRICES } from '../prices.ts';
import { AGENTS, CALL, type Call, capacity, compute, MILLION, type Row, timesAMonth } from './billing.ts';
import { BATCH, BEAT_SECONDS, type HealthUnits } from './health-units.ts';

/** Heartbeats of all agents in a month. */
const BEATS = AGENTS * timesAMonth(BEAT_SECONDS);

/** Assumed of a call with a hundred heartbeats: 16 of them at once. */
const BATCH_CALL: Call = { ...CALL, milliseconds: 80 };

/** Something that is done again and again. */
interface Round {
  /** Seconds from one to the next. */
  readonly every: number;
  /** Assumed of one for {@link AGENTS} agents, and for none. */
  readonly full: Call;
  readonly empty: Call;
  readonly why: string;
}

const round = (every: number, megabytes: number, milliseconds: number, why: string): Round => ({
  every,
  full: { milliseconds, megabytes, logBytes: 1_200 },
  empty: { milliseconds: 60, megabytes, logBytes: 1_200 },
  why,
});

const ROUNDS: Readonly<Record<CheckKind, Round>> = {
  http: round(ROUND_SECONDS, 1_769, 5_000, 'a thousand handshakes, and those that hang now and then'),
  lambda: round(60, 512, 10_200, '20 functions a second, each every five minutes'),
  ecs: round(ROUND_SECONDS, 512, 10_200, '100 services a second'),
};

const SWEEP = round(SWEEP_SECONDS, 1_024, 400, 'it reads the beats whose last known end has passed');

const figures = ({ milliseconds, megabytes }: Call): string => `${milliseconds} ms of ${megabytes} MB`;

function roundRow(what: string, { every, full, why }: Round, units: HealthUnits['sweep']['full']): Row {
  const times = timesAMonth(every);
  return {
    what: `${times} ${what}`,
    dollars: compute(times, full) + capacity(units, times),
    from: `${figures(full)} each (assumed: ${why}), and its units`,
  };
}

/** What it costs that agents write their own beats, every 30 s, and that the sweep reads them. */
const directly = ({ direct, sweep }: HealthUnits): Row[] => [
  { what: `${BEATS / MILLION} million heartbeats`, dollars: capacity(direct, BEATS), from: 'units of a heartbeat' },
  roundRow('sweeps', SWEEP, sweep.full),
];

/** The same heartbeats over the API. The sweep comes on top. */
const overApi = ({ rest }: HealthUnits): Row[] => [
  {
    what: 'one a call',
    dollars: (BEATS / MILLION) * PRICES.requests + compute(BEATS) + capacity(rest, BEATS),
    from: `a request, ${figures(CALL)} (assumed) and its units each`,
  },
  {
    what: `or ${BATCH} a call`,
    dollars: (BEATS / BATCH / MILLION) * PRICES.requests + compute(BEATS / BATCH, BATCH_CALL) + capacity(rest, BEATS),
    from: `a request, ${figures(BATCH_CALL)} (assumed) and its units each`,
  },
];

/** Metrics that agents tell of themselves, where they opt in: a line of log for each heartbeat. */
function told(): Row[] {
  const metrics = { memoryUsage: 0.4213, cpuUsage: 0.2214, taskQueue: 3 };
  const line = emfLine({ agentId: 'agent-1234', agentType: 'specialist', status: 'healthy', metrics }, 0);
  const names = 2 + Object.keys(metrics).length;
  return [
    {
      what: 'a line of log for each heartbeat',
      dollars: ((BEATS * line.length) / 1e9) * PRICES.logs,
      from: `${line.length} bytes each`,
    },
    {
      what: `${names} metrics, for each type of agent`,
      dollars: names * PRICES.metric,
      from: 'two of the publisher and three of the agent',
    },
  ];
}

/** What health costs a month, part by part: with {@link AGENTS} agents that beat, or are checked, every 30 s. */
export const healthParts = (units: HealthUnits) => ({
  beats: directly(units),
  beatsOverApi: overApi(units),
  agentMetrics: told(),
  ...(Object.fromEntries(
    CHECK_KINDS.map((kind) => [`${kind}Checks`, [roundRow('rounds', ROUNDS[kind], units.rounds[kind].full)]]),
  ) as Record<`${CheckKind}Checks`, Row[]>),
  transitions: [
    {
      what: 'each agent changes once a day: table',
      dollars: capacity(units.transition, AGENTS * 30),
      from: 'units of a change of health',
    },
    {
      what: 'each agent changes once a day: announcing',
      dollars: ((AGENTS * 30) / MILLION) * PRICES.events + compute(AGENTS * 30),
      from: 'one event, one call',
    },
  ],
});

/** What health costs where there are no agents. */
export function idleHealth(units: HealthUnits): Row[] {
  const rounds = CHECK_KINDS.map((kind) => ({ ...ROUNDS[kind], units: units.rounds[kind].empty }));
  const all = [...rounds, { ...SWEEP, units: units.sweep.empty }];
  const times = all.reduce((sum, { every }) => sum + timesAMonth(every), 0);
  const metrics = CHECK_KINDS.length + 2;
  return [
    {
      what: `${times} rounds and sweeps`,
      dollars: all.reduce(
        (sum, { every, empty, units: its }) =>
          sum + compute(timesAMonth(every), empty) + capacity(its, timesAMonth(every)),
        0,
      ),
      from: `${SWEEP.empty.milliseconds} ms each (assumed), and their units`,
    },
    {
      what: `${metrics} metrics of health`,
      dollars: metrics * PRICES.metric,
      from: `${HEALTH_METRICS.failed} of each check, ${HEALTH_METRICS.age} and ${HEALTH_METRICS.held}`,
    },
  ];
}

/** The units, each with the name of what takes them. */
export const healthUnitsByName = ({ direct, rest, transition, sweep, rounds }: HealthUnits): Record<string, Units> => ({
  'heartbeat that its agent writes': direct,
  'heartbeat over the API': rest,
  'change of health on top of it': transition,
  [`sweep, ${AGENTS} agents`]: sweep.full,
  'sweep, no agents': sweep.empty,
  ...Object.fromEntries(
    CHECK_KINDS.flatMap((kind) => [
      [`round of ${kind} checks, ${AGENTS} agents`, rounds[kind].full],
      [`round of ${kind} checks, no agents`, rounds[kind].empty],
    ]),
  ),
});
