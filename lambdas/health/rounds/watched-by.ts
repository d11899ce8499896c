import type { CheckKind } from '../contract.ts';
import type { Fleet } from '../fleet.ts';
import type { Watched } from './check-round.ts';

/** The agents of a fleet that declare a check of a kind. Pure. */
export const watchedBy = (fleet: Pick<Fleet, 'agents'>, kind: CheckKind): Watched[] =>
  [...fleet.agents()].flatMap(
    ([
      agentId,
      {
        health,
        declared: { healthCheck },
      },
    ]) => (healthCheck?.type === kind ? [{ agentId, health, check: healthCheck }] : []),
  );
