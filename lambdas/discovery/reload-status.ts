import { type Static, Type } from 'typebox';
import { closed } from '../agents/schema-parts.ts';
import { ProblemDocument } from '../shared/http/problem-schema.ts';
import { MAX_REPORTED_IDS, RELOAD_SOURCES, VALIDATION_STEPS } from './reload-terms.ts';

const count = (description: string) => Type.Integer({ minimum: 0, description });
const time = (description: string) => Type.String({ format: 'date-time', description });
const nullableTime = (description: string) =>
  Type.Unsafe<string | null>({ type: ['string', 'null'], format: 'date-time', description });

const source = Type.Enum([...RELOAD_SOURCES]);

/** The seven fields of `getStatus()` (second specification, "Status Tracking"), of one source or of all together. */
const seven = {
  enabled: Type.Boolean({ description: 'Whether it is followed at all.' }),
  isPolling: Type.Boolean({ description: 'Whether a poll is under way.' }),
  lastPollAt: nullableTime('End of the newest poll; null before the first.'),
  lastChangeAt: nullableTime('When a poll or an event last changed something.'),
  totalAgents: count('Agents that it declares.'),
  pollCount: count('Polls that came to their end.'),
  errorCount: count('Polls that failed.'),
};

export const SourceStatus = Type.Object(seven, { ...closed, title: 'SourceStatus' });
export type SourceStatus = Static<typeof SourceStatus>;

/** A manifest of which there is something to say, and since when. */
const told = {
  source,
  key: Type.String({ description: 'Of the object, the file or the agent within its source.' }),
  agentId: Type.String({ description: 'Id of the agent or the service that it declares.' }),
  step: Type.Enum([...VALIDATION_STEPS]),
  reason: Type.String(),
  line: Type.Optional(Type.Integer({ minimum: 1 })),
  since: time('When this was first found of this version.'),
};

/** A manifest that is refused: the version before it, where there was one, goes on serving. */
export const ReloadFailure = Type.Object(
  { ...told, errors: Type.Array(ProblemDocument.properties.errors.items) },
  { ...closed, title: 'ReloadFailure' },
);
export type ReloadFailure = Static<typeof ReloadFailure>;

/** A manifest that serves, with something about it that should be mended. */
export const ReloadWarning = Type.Object(told, { ...closed, title: 'ReloadWarning' });
export type ReloadWarning = Static<typeof ReloadWarning>;

/** Removals that wait until somebody confirms them, because so many vanished at once. */
export const HeldRemovals = Type.Object(
  {
    source,
    count: count('Agents that would go.'),
    of: count('Agents that the source declared before.'),
    since: time('When they were first missing.'),
  },
  { ...closed, title: 'HeldRemovals' },
);
export type HeldRemovals = Static<typeof HeldRemovals>;

/** How hot reload is doing: the answer of `GET /registry/reload`. */
export const ReloadStatus = Type.Object(
  {
    ...seven,
    sources: Type.Object({ s3: SourceStatus, filesystem: SourceStatus, api: SourceStatus }, closed),
    failures: Type.Array(ReloadFailure, { description: 'What is refused; not more than 100 of them.' }),
    failureCount: count('How many are refused in all.'),
    warnings: Type.Array(ReloadWarning),
    held: Type.Array(HeldRemovals),
  },
  { ...closed, title: 'ReloadStatus' },
);
export type ReloadStatus = Static<typeof ReloadStatus>;

const ids = () => Type.Array(Type.String(), { maxItems: MAX_REPORTED_IDS });

/** What a poll of one source did. */
export const SourceReport = Type.Object(
  {
    outcome: Type.Enum(['done', 'partial', 'busy', 'failed'], {
      description: 'partial: something is left for the next poll; busy: another poll was under way.',
    }),
    added: ids(),
    updated: ids(),
    removed: ids(),
    addedCount: count('Agents that came.'),
    updatedCount: count('Agents that changed.'),
    removedCount: count('Agents that went.'),
    failed: count('Manifests that are refused.'),
    unchanged: count('Manifests that are as they were.'),
    held: count('Agents whose removal is held.'),
    error: Type.Optional(Type.String({ description: 'Why the poll failed.' })),
  },
  { ...closed, title: 'SourceReport' },
);
export type SourceReport = Static<typeof SourceReport>;

/** What a reload did: the answer of `POST /registry/reload`. Sources that are not followed are absent. */
export const ReloadReport = Type.Object(
  {
    sources: Type.Object(
      {
        s3: Type.Optional(SourceReport),
        filesystem: Type.Optional(SourceReport),
        api: Type.Optional(SourceReport),
      },
      closed,
    ),
    status: ReloadStatus,
  },
  { ...closed, title: 'ReloadReport' },
);
export type ReloadReport = Static<typeof ReloadReport>;

/** Body of `POST /registry/reload`; absent means `{}`. */
export const ReloadRequest = Type.Object(
  { confirmRemovals: Type.Optional(Type.Boolean({ description: 'Whether what is held may go now.' })) },
  { ...closed, title: 'ReloadRequest' },
);
export type ReloadRequest = Static<typeof ReloadRequest>;
