import { describeAgent } from '../agents/agent.ts';
import type { AgentRecord } from '../agents/agent-record.ts';
import type { Agent } from '../agents/agent-view.ts';
import { loadLiving } from '../agents/get-agent.ts';
import { type HealthContext, type HealthDecision, settleHealth } from '../agents/settle-health.ts';
import type { Health } from '../agents/status.ts';
import { isoTime } from '../shared/clock.ts';
import { NotFoundError } from '../shared/errors.ts';
import { type Beat, resultsOf } from './beats/beat.ts';
import type { BeatStore } from './beats/beat-store.ts';
import { leaseEnd } from './beats/lease-of-beat.ts';
import type { CheckResultStore, KeptResults } from './check-results.ts';
import type { HealthCheckResult, Reason } from './health-status.ts';
import { type Evidence, judge, verdictOn } from './judging/judge.ts';
import { resultsFrom } from './judging/kept-results.ts';
import { mergeResults } from './judging/merge-results.ts';
import type { Rounds } from './judging/vouching.ts';

/** Who changes an agent's health, where the change is told. */
export const MONITOR = 'health-monitor';

export interface HealthMonitorProps {
  readonly context: HealthContext;
  readonly beats: Pick<BeatStore, 'read'>;
  readonly checks: CheckResultStore;
}

/** What is known already of an agent whose health is to be settled. */
export interface SettleOptions {
  /** Its lease was found ended, and it may be taken offline. Left out: an ended lease alone changes nothing. */
  readonly evict?: boolean;
  /** The newest round of each kind of check. Left out: they are taken to go on as they should. */
  readonly rounds?: Rounds;
  /** What its check found just now. Left out: it is read. */
  readonly check?: KeptResults;
  /** It was checked, and declares no such check any more. */
  readonly undeclared?: boolean;
}

/** An agent's health after it was settled. */
export interface Settled {
  readonly health: Health;
  /** Whether that is news. */
  readonly changed: boolean;
}

/** How an agent is, and has been (CONTRACT: `GET /registry/agents/{id}/health`). Times ISO 8601. */
export interface AgentHealthStatus {
  readonly agentId: string;
  readonly health: Health;
  /** Why, as far as what is known now says the same as the registry; otherwise `null`. */
  readonly reason: Reason | null;
  /** The same for people. */
  readonly because: string | null;
  readonly consecutiveFailures: number;
  readonly consecutiveSuccesses: number;
  readonly lastCheck: HealthCheckResult | null;
  readonly history: readonly HealthCheckResult[];
  readonly since: string;
  readonly lease: { readonly expiresAt: string; readonly expired: boolean } | null;
}

/** An agent, and what its beats and its check say of it. */
interface Observed {
  readonly record: AgentRecord;
  readonly agent: Agent;
  readonly beat: Beat | undefined;
  readonly check: KeptResults | undefined;
}

/** What the registry says of an agent, and all that speaks for it or against it. */
const evidenceOf = (
  { record: { head }, agent, beat, check }: Observed,
  { evict = false, undeclared = false, rounds }: SettleOptions = {},
): Evidence => ({
  health: head.health,
  since: Date.parse(head.healthSince),
  declared: agent.monitoring,
  evict,
  undeclared,
  ...(rounds && { rounds }),
  ...(beat && { beat }),
  ...(check && { check }),
});

/** Why an agent is as the registry says: what is known of it, or else that its lease has ended, or nothing is known. */
function whyOf(observed: Observed, now: number): Pick<AgentHealthStatus, 'reason' | 'because'> {
  const verdicts = [{}, { evict: true, undeclared: true }].map((options) =>
    verdictOn(evidenceOf(observed, options), now),
  );
  const same = verdicts.find((verdict) => verdict?.health === observed.record.head.health);
  return { reason: same?.reason ?? null, because: same?.because ?? null };
}

/** Judges agents by their beats and checks, and writes what changes (second specification, "Health Monitoring"). */
export class HealthMonitor {
  readonly #props: HealthMonitorProps;

  constructor(props: HealthMonitorProps) {
    this.#props = props;
  }

  /**
   * Has an agent's health follow what is known of it.
   *
   * @returns `undefined`: there is no such agent
   * @throws UnavailableError
   */
  async settle(agentId: string, options: SettleOptions = {}): Promise<Settled | undefined> {
    const decide = (record: AgentRecord, agent: Agent) => this.#decide({ record, agent }, options);
    try {
      const { agent, changed } = await settleHealth(this.#props.context, { id: agentId, actor: MONITOR, decide });
      return { health: agent.health, changed };
    } catch (error) {
      if (error instanceof NotFoundError) return undefined;
      throw error;
    }
  }

  /** @throws NotFoundError, UnavailableError */
  async status(agentId: string): Promise<AgentHealthStatus> {
    const { context } = this.#props;
    const record = await loadLiving(context.store, agentId);
    const observed = await this.#observe({ record, agent: describeAgent(record) });
    const { beat, check } = observed;
    const now = context.clock.now();
    const end = beat && leaseEnd(beat, now);
    const known = mergeResults(agentId, [beat && resultsOf(beat), check]);
    return {
      ...(known ?? { agentId, consecutiveFailures: 0, consecutiveSuccesses: 0, lastCheck: null, history: [] }),
      health: record.head.health,
      ...whyOf(observed, now),
      since: record.head.healthSince,
      lease: end === undefined ? null : { expiresAt: isoTime(end), expired: end <= now },
    };
  }

  async #observe({ record, agent }: Pick<Observed, 'record' | 'agent'>, known?: KeptResults): Promise<Observed> {
    const { id, incarnation, createdAt } = record.head;
    const declared = agent.monitoring.healthCheck;
    const [beat, check] = await Promise.all([
      this.#props.beats.read(id),
      known ?? (declared && this.#props.checks.find(declared.type, id)),
    ]);
    return {
      record,
      agent,
      beat: beat?.incarnation === incarnation ? beat : undefined,
      check: check && resultsFrom(check, Date.parse(createdAt)),
    };
  }

  async #decide(
    known: Pick<Observed, 'record' | 'agent'>,
    options: SettleOptions,
  ): Promise<HealthDecision | undefined> {
    const observed = await this.#observe(known, options.check);
    const verdict = judge(evidenceOf(observed, options), this.#props.context.clock.now());
    if (verdict === undefined) return undefined;
    const { incarnation, at } = observed.beat ?? {};
    // An agent that beats while it is being evicted stays.
    const rests = options.evict === true && incarnation !== undefined && at !== undefined;
    return { health: verdict.health, reason: verdict.because, ...(rests && { ifBeat: { incarnation, at } }) };
  }
}
