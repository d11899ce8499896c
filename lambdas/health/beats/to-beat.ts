import { isObject, type Json } from '../../agents/merge.ts';
import { HISTORY, outcomeOf } from '../health-status.ts';
import { type Beat, type BeatCheck, isBeatStatus, resultsOf } from './beat.ts';
import { isMetric, MAX_TOLD_BYTES, TTL_SECONDS } from './heartbeat-bounds.ts';
import { itemBytes } from './item-bytes.ts';
import { MAX_STAMP } from './lease-of-beat.ts';

const isNumber = (value: unknown): value is number => Number.isFinite(value);

/** A beat each ten seconds for three hundred years: what is more cannot be counted on, and some of it not be written. */
const MAX_STREAK = 1e9;

/** Whether these are results as beats write them: whole numbers, each stamped later than the one before, none after `at`. */
function isHistory(recent: unknown, at: number): recent is readonly number[] {
  if (!Array.isArray(recent) || recent.length > HISTORY) return false;
  if (!recent.every((result) => Number.isSafeInteger(result) && result >= 0)) return false;
  const stamps = resultsOf({ agentId: '', streak: 0, recent }).recent.map(({ timestamp }) => timestamp);
  return stamps.every((stamp, n) => stamp <= at && stamp > (stamps[n - 1] ?? -1));
}

/** A streak, no longer than the results show: where all that are kept agree, there can have been more. */
function fittingStreak(streak: unknown, recent: readonly number[]): number {
  const outcomes = resultsOf({ agentId: '', streak: 0, recent }).recent.map(outcomeOf);
  const newest = outcomes.at(-1);
  if (newest === undefined || newest === 'partial') return 0;
  const sign = newest === 'passed' ? 1 : -1;
  const shown = outcomes.length - 1 - outcomes.findLastIndex((outcome) => outcome !== newest);
  const told = Number.isSafeInteger(streak) ? Math.max(Number(streak) * sign, 1) : 1;
  return sign * Math.min(told, shown === HISTORY ? MAX_STREAK : shown);
}

function fittingMetrics(metrics: unknown): Record<string, number> | undefined {
  if (!isObject(metrics)) return undefined;
  const numbers = Object.entries(metrics).filter((entry): entry is [string, number] => isMetric(entry[1]));
  return Object.fromEntries(numbers);
}

function fittingCheck(check: unknown): BeatCheck[] {
  if (!isObject(check)) return [];
  const { name, status, message } = check;
  if (typeof name !== 'string' || typeof status !== 'string') return [];
  return [{ name, status, ...(typeof message === 'string' && { message }) }];
}

/** What the agent tells beside its status; no more of it than a heartbeat may say. */
function fittingFindings(item: Json): Pick<Beat, 'metrics' | 'checks'> {
  const metrics = fittingMetrics(item.metrics);
  const checks = Array.isArray(item.checks) ? item.checks.flatMap(fittingCheck) : undefined;
  if (itemBytes(metrics ?? {}) + itemBytes(checks ?? []) > MAX_TOLD_BYTES) return {};
  return { ...(metrics && { metrics }), ...(checks && { checks }) };
}

/**
 * An agent's beat from its item, as far as that can be one: the agent may write into it whatever it likes, and is believed no more by that
 * than by heartbeats. Without a stamp that can be a number of JavaScript it has never beaten; all else that does not fit is left out, and a
 * lease is no longer than the registry grants. Of what this registry writes everything fits. Pure.
 */
export function toBeat(agentId: string, item: Json): Beat {
  const { incarnation, at, ttl, status } = item;
  const place = { agentId, incarnation: typeof incarnation === 'string' ? incarnation : '' };
  if (!isNumber(at) || Math.abs(at) > MAX_STAMP) return { ...place, streak: 0, recent: [] };
  const recent = isHistory(item.recent, at) ? item.recent : [];
  const { min, max } = TTL_SECONDS;
  return {
    ...place,
    at,
    ...(isNumber(ttl) && { ttl: Math.min(Math.max(Math.floor(ttl), min), max) }),
    ...(isBeatStatus(status) && { status }),
    streak: fittingStreak(item.streak, recent),
    recent,
    ...fittingFindings(item),
  };
}
