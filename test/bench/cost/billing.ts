import type { Units } from '../capacity-meter.ts';
import { PRICES } from '../prices.ts';

/** Agents of which the figures speak. */
export const AGENTS = 1_000;
export const MILLION = 1_000_000;
export const MONTH_HOURS = 730;
const MONTH_SECONDS = MONTH_HOURS * 3_600;

/** Something that is paid for. */
export interface Row {
  readonly what: string;
  readonly dollars: number;
  readonly from: string;
}

/** Milliseconds billed and megabytes held by one call, and bytes that it logs. */
export interface Call {
  readonly milliseconds: number;
  readonly megabytes: number;
  readonly logBytes: number;
}

/** Assumed, not measured here. */
export const CALL: Call = { milliseconds: 10, megabytes: 1_024, logBytes: 700 };

/** Assumed of an idle queue: Lambda keeps five long polls of 20 s each under way, whatever the bound on its calls. */
const IDLE_QUEUE_REQUESTS = (5 * MONTH_SECONDS) / 20;

/** How often something happens in a month that happens every so many seconds. */
export const timesAMonth = (seconds: number): number => MONTH_SECONDS / seconds;

export const compute = (calls: number, { milliseconds, megabytes, logBytes }: Call = CALL): number =>
  (calls / MILLION) * PRICES.invocations +
  (calls * milliseconds * megabytes * PRICES.gigabyteSeconds) / 1_000 / 1_024 +
  ((calls * logBytes) / 1e9) * PRICES.logs;

export const capacity = ({ reads, writes }: Pick<Units, 'reads' | 'writes'>, times: number): number =>
  ((reads * PRICES.readUnits + writes * PRICES.writeUnits) * times) / MILLION;

export const queues = (count: number): number => ((count * IDLE_QUEUE_REQUESTS) / MILLION) * PRICES.queueRequests;

export const total = (rows: readonly Row[]): number => rows.reduce((sum, { dollars }) => sum + dollars, 0);
