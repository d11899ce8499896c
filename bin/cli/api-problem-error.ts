import { isObject } from '../../lambdas/agents/merge.ts';
import type { Problem } from '../../lambdas/shared/http/problem.ts';

/** The longest part of an answer that is no problem document that is shown. */
const MAX_EXCERPT = 200;

const isProblem = (value: unknown): value is Problem =>
  isObject(value) && typeof value.title === 'string' && typeof value.detail === 'string';

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/**
 * The API refused: an RFC 9457 problem document (CONTRACT.md, "Problem"), or what a gateway before it says
 * (`{"message":"Forbidden"}`).
 */
export class ApiProblemError extends Error {
  readonly status: number;
  /** Seconds after which the API asks to be tried again. */
  readonly retryAfter: number | undefined;
  readonly problem: Problem | undefined;

  constructor(status: number, body: string, retryAfter?: string | null) {
    const answer = parsed(body);
    const problem = isProblem(answer) ? answer : undefined;
    const message =
      isObject(answer) && typeof answer.message === 'string' ? answer.message : body.slice(0, MAX_EXCERPT);
    super(problem?.detail ?? (message || 'no explanation'));
    this.name = 'ApiProblemError';
    this.status = status;
    this.problem = problem;
    this.retryAfter = retryAfter && /^\d+$/.test(retryAfter) ? Number(retryAfter) : undefined;
  }

  /** Title and detail, then one line for each broken rule; a detail that only lists these rules is left to them. */
  explain(): string {
    const { title = `HTTP ${this.status}`, errors = [] } = this.problem ?? {};
    const rules = errors.map(({ field, message }) => `  ${field || 'document'}: ${message}`);
    const isTold = rules.length > 0 && errors.every(({ message }) => this.message.includes(message));
    return [isTold ? `${title}:` : `${title}: ${this.message}`, ...rules].join('\n');
  }

  /** The same on one line. The detail of a validation error lists the broken rules already. */
  explainShortly(): string {
    return `${this.problem?.title ?? `HTTP ${this.status}`}: ${this.message.replace(/\s+/gu, ' ')}`;
  }
}
