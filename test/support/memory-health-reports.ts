import type { CheckKind } from '../../lambdas/health/contract.ts';
import type { HealthReports, Override, RoundReport, SweepReport } from '../../lambdas/health/health-report.ts';

/** The calls that write. */
export type ReportCall = 'saveRound' | 'saveSweep' | 'saveOverride';

/** What the monitor tells of itself, in memory. */
export class MemoryHealthReports implements HealthReports {
  readonly rounds = new Map<CheckKind, RoundReport>();
  swept: SweepReport | undefined;
  word: Override | undefined;
  /** Runs each write; may fail instead, or after it. */
  hook: <Result>(call: ReportCall, write: () => Result) => Result | Promise<Result> = (_, write) => write();

  async round(kind: CheckKind): Promise<RoundReport | undefined> {
    return this.rounds.get(kind);
  }

  async saveRound(kind: CheckKind, report: RoundReport): Promise<boolean> {
    return this.hook('saveRound', () => {
      if ((this.rounds.get(kind)?.round ?? 0) !== report.round - 1) return false;
      this.rounds.set(kind, structuredClone(report));
      return true;
    });
  }

  async sweep(): Promise<SweepReport | undefined> {
    return this.swept;
  }

  async saveSweep(report: SweepReport, after: number | undefined): Promise<boolean> {
    return this.hook('saveSweep', () => {
      if (this.swept?.at !== after) return false;
      this.swept = structuredClone(report);
      return true;
    });
  }

  async override(now: number): Promise<Override | undefined> {
    return this.word && this.word.until > now ? this.word : undefined;
  }

  async saveOverride(override: Override | undefined): Promise<void> {
    await this.hook('saveOverride', () => {
      this.word = override;
    });
  }
}
