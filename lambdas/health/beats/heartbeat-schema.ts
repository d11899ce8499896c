import { type Static, Type } from 'typebox';
import { ID_PATTERN } from '../../agents/agent-fields.ts';
import { closed } from '../../agents/schema-parts.ts';
import { HEALTHS } from '../../agents/status.ts';
import { ProblemDocument } from '../../shared/http/problem-schema.ts';
import { BEAT_STATUSES } from './beat.ts';
import { MAX_BATCH, MAX_CHECKS, MAX_METRICS, TTL_SECONDS } from './heartbeat-bounds.ts';

const Check = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 64 }),
    status: Type.String({ minLength: 1, maxLength: 32, description: '`healthy` or `passed`; anything else is not.' }),
    message: Type.Optional(Type.String({ description: 'Cut after 100 characters.' })),
  },
  closed,
);

const Metrics = Type.Unsafe<Readonly<Record<string, unknown>>>({
  type: 'object',
  description:
    'memoryUsage and cpuUsage as ratios of 0 to 1, taskQueue as tasks that wait, and what else there is. ' +
    `At most ${MAX_METRICS} numbers from -1e15 to 1e15 are kept; values that are no such numbers are left out.`,
  propertyNames: { pattern: '^[A-Za-z][A-Za-z0-9_.-]{0,63}$' },
  additionalProperties: true,
});

/** What an agent says with a beat (second specification, "Heartbeat Publishing"). */
export const Heartbeat = Type.Object(
  {
    agentId: Type.Optional(Type.String({ pattern: ID_PATTERN, description: 'Needed in a batch.' })),
    agentType: Type.Optional(Type.String({ maxLength: 128 })),
    status: Type.Enum([...BEAT_STATUSES]),
    health: Type.Optional(
      Type.Object(
        {
          status: Type.Optional(Type.String({ maxLength: 32 })),
          lastCheck: Type.Optional(Type.String({ maxLength: 64 })),
          checks: Type.Optional(Type.Array(Check, { maxItems: MAX_CHECKS })),
        },
        closed,
      ),
    ),
    metrics: Type.Optional(Metrics),
    ttlSeconds: Type.Optional(
      Type.Integer({ minimum: TTL_SECONDS.min, maximum: TTL_SECONDS.max, default: TTL_SECONDS.default }),
    ),
  },
  {
    ...closed,
    title: 'Heartbeat',
    description:
      'The names agent_id, agent_type, ttl_seconds and health.last_check are taken as well; in both spellings a field ' +
      'must say the same.',
  },
);
export type Heartbeat = Static<typeof Heartbeat>;

/** Body of a batch, as far as it is refused as a whole; each entry is looked at by itself. */
export const HeartbeatBatch = Type.Object(
  { heartbeats: Type.Array(Type.Unknown(), { minItems: 1, maxItems: MAX_BATCH }) },
  closed,
);
export type HeartbeatBatch = Static<typeof HeartbeatBatch>;

/** The same for readers of the API's document. */
export const DocumentedBatch = Type.Object(
  { heartbeats: Type.Array(Heartbeat, { minItems: 1, maxItems: MAX_BATCH }) },
  { ...closed, title: 'HeartbeatBatch' },
);

const taken = {
  agentId: Type.String(),
  health: Type.Enum([...HEALTHS]),
  expiresAt: Type.String({ format: 'date-time', description: 'End of the lease.' }),
};

/** What became of a heartbeat. */
export const HeartbeatAnswer = Type.Object(taken, { ...closed, title: 'HeartbeatAnswer' });
export type HeartbeatAnswer = Static<typeof HeartbeatAnswer>;

/** What became of each heartbeat of a batch, in their order. */
export const HeartbeatResults = Type.Object(
  {
    results: Type.Array(
      Type.Object(
        {
          agentId: Type.Unsafe<string | null>({ type: ['string', 'null'], description: 'null: the entry has none.' }),
          status: Type.Enum([200, 400, 404, 503]),
          health: Type.Optional(taken.health),
          expiresAt: Type.Optional(taken.expiresAt),
          error: Type.Optional(
            Type.Object({ detail: Type.String(), errors: Type.Optional(ProblemDocument.properties.errors) }, closed),
          ),
        },
        closed,
      ),
    ),
  },
  { ...closed, title: 'HeartbeatResults' },
);
export type HeartbeatResults = Static<typeof HeartbeatResults>;
export type HeartbeatResult = HeartbeatResults['results'][number];
