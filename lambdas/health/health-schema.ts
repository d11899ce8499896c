import { type Static, Type } from 'typebox';
import { closed } from '../agents/schema-parts.ts';
import { HEALTHS } from '../agents/status.ts';
import { OVERRIDE_SECONDS } from './beats/heartbeat-bounds.ts';
import { CHECK_KINDS } from './contract.ts';
import { REASONS } from './health-status.ts';

const count = (description: string) => Type.Integer({ minimum: 0, description });
const time = (description: string) => Type.String({ format: 'date-time', description });
const health = () => Type.Enum([...HEALTHS]);

const Result = Type.Object(
  {
    agentId: Type.String(),
    healthy: Type.Boolean(),
    timestamp: Type.Integer({ description: "Milliseconds since the epoch, by the service's clock." }),
    responseTime: Type.Optional(Type.Number({ minimum: 0, description: 'Milliseconds.' })),
    error: Type.Optional(Type.String()),
    details: Type.Optional(
      Type.Object(
        {
          source: Type.Enum([...CHECK_KINDS, 'heartbeat']),
          reason: Type.Enum([...REASONS]),
          partial: Type.Optional(Type.Boolean({ description: 'It works, but not as it should.' })),
          status: Type.Optional(Type.Integer({ description: 'Of an HTTP answer.' })),
        },
        closed,
      ),
    ),
  },
  { ...closed, title: 'HealthCheckResult' },
);

/** How one agent has done: the answer of `GET /registry/agents/{id}/health`. */
export const AgentHealth = Type.Object(
  {
    agentId: Type.String(),
    health: health(),
    reason: Type.Union([Type.Enum([...REASONS]), Type.Null()], {
      description: 'Why it is so; null where what is known by now says something else, or nothing for certain.',
    }),
    because: Type.Union([Type.String(), Type.Null()], { description: 'The same for people.' }),
    consecutiveFailures: count('Failures in a row, up to the newest result.'),
    consecutiveSuccesses: count('Successes in a row, up to the newest result.'),
    lastCheck: Type.Union([Result, Type.Null()], { description: 'The newest result; null before the first.' }),
    history: Type.Array(Result, { maxItems: 10, description: 'The last ten, oldest first.' }),
    since: time('When the agent was registered, or its health last changed.'),
    lease: Type.Union(
      [
        Type.Object({ expiresAt: time('When the newest heartbeat ends.'), expired: Type.Boolean() }, closed),
        Type.Null(),
      ],
      { description: 'null: it has never sent a heartbeat.' },
    ),
  },
  { ...closed, title: 'AgentHealth' },
);
export type AgentHealth = Static<typeof AgentHealth>;

const Round = Type.Object(
  {
    round: count('+1 at each round.'),
    at: time('When it ended.'),
    tookMs: count('Milliseconds.'),
    targets: count('Agents that declare such a check.'),
    results: Type.Object(
      {
        passed: count('It works.'),
        partial: count('It works, but not as it should.'),
        failed: count('It does not.'),
        unasked: count('Due, but not permitted, throttled, or out of time.'),
      },
      closed,
    ),
    suspected: Type.Boolean({ description: 'Everything failed at once: the checker is doubted, no status changes.' }),
    unsaved: count('Agents whose results could not be kept.'),
    held: count('Agents whose failure is not believed, or whose results could not be kept.'),
  },
  { ...closed, title: 'CheckRound' },
);
const round = () => Type.Union([Round, Type.Null()], { description: 'null: there was none yet.' });

const Sweep = Type.Object(
  {
    at: time('When it ended.'),
    tookMs: count('Milliseconds.'),
    leased: count('Agents that have beaten and are not evicted.'),
    expired: count('Of these, those whose lease has ended.'),
    evicted: count('Agents that this sweep took offline.'),
    preserving: Type.Boolean({ description: 'So many leases ended at once that nobody is evicted.' }),
    held: count('Agents that would be evicted if nobody was preserved or waited for.'),
  },
  { ...closed, title: 'LeaseSweep' },
);

/** An operator's word over the monitor's. */
export const HealthOverride = Type.Object(
  {
    mode: Type.Enum(['evict', 'hold']),
    until: time('When it ends by itself.'),
    actor: Type.String(),
    reason: Type.String(),
  },
  { ...closed, title: 'HealthOverride' },
);
export type HealthOverride = Static<typeof HealthOverride>;

/** Answer of `POST /registry/health/override`. */
export const OverrideAnswer = Type.Object(
  { override: Type.Union([HealthOverride, Type.Null()], { description: 'null: the monitor decides by itself.' }) },
  { ...closed, title: 'OverrideAnswer' },
);
export type OverrideAnswer = Static<typeof OverrideAnswer>;

/** Body of `POST /registry/health/override`. */
export const OverrideRequest = Type.Object(
  {
    mode: Type.Enum(['evict', 'hold', 'auto'], {
      description: 'evict: let go what is held back; hold: evict nobody; auto: as the monitor decides.',
    }),
    seconds: Type.Optional(
      Type.Integer({
        minimum: OVERRIDE_SECONDS.min,
        maximum: OVERRIDE_SECONDS.max,
        default: OVERRIDE_SECONDS.default,
        description: 'How long it counts. Not with auto.',
      }),
    ),
    reason: Type.Optional(Type.String({ minLength: 1, maxLength: 256, description: 'Told to others. Not with auto.' })),
  },
  { ...closed, title: 'OverrideRequest' },
);
export type OverrideRequest = Static<typeof OverrideRequest>;

/** How the fleet does, and those who watch it: the answer of `GET /registry/health`. */
export const FleetHealth = Type.Object(
  {
    totalAgents: count('Agents that are registered.'),
    health: Type.Object(
      {
        healthy: count('Alive.'),
        degraded: count('Alive, but not as they should be.'),
        unhealthy: count('Not alive.'),
        unknown: count('Nobody has seen enough of them yet.'),
      },
      closed,
    ),
    agents: Type.Array(Type.Object({ agentId: Type.String(), name: Type.String(), health: health() }, closed), {
      maxItems: 100,
      description: 'Those that are unhealthy, then those that are degraded, by their ids; the first hundred.',
    }),
    checks: Type.Object({ http: round(), lambda: round(), ecs: round() }, closed),
    sweep: Type.Union([Sweep, Type.Null()], { description: 'null: there was none yet.' }),
    override: OverrideAnswer.properties.override,
  },
  { ...closed, title: 'FleetHealth' },
);
export type FleetHealth = Static<typeof FleetHealth>;
