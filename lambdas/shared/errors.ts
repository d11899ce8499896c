/** What is wrong with one field of a request. */
export interface FieldError {
  /** Dotted path such as `config.priority`; empty for the document as a whole. */
  field: string;
  /** The rule that was broken, such as `maximum`. */
  rule: string;
  message: string;
}

/**
 * An error that the registry expects and explains: it carries the status and type of its problem document
 * (RFC 9457). Anything else that is thrown is a fault of ours and answers 500 without details.
 */
export class RegistryError extends Error {
  readonly status: number;
  /** Last part of the problem's `type` URN. */
  readonly type: string;
  readonly title: string;
  readonly errors: readonly FieldError[];
  /** Seconds after which trying again is worthwhile. */
  readonly retryAfter?: number;

  constructor(
    problem: { status: number; type: string; title: string; errors?: readonly FieldError[]; retryAfter?: number },
    detail: string,
    options?: ErrorOptions,
  ) {
    super(detail, options);
    this.name = new.target.name;
    this.status = problem.status;
    this.type = problem.type;
    this.title = problem.title;
    this.errors = problem.errors ?? [];
    if (problem.retryAfter !== undefined) this.retryAfter = problem.retryAfter;
  }
}

/** Errors that one answer names: a document of 256 KB can break a rule a hundred thousand times. */
export const MAX_NAMED_ERRORS = 20;

/** 400: what was sent breaks a rule; every broken rule is named, up to {@link MAX_NAMED_ERRORS}. */
export class ValidationError extends RegistryError {
  constructor(all: readonly FieldError[]) {
    const errors = all.slice(0, MAX_NAMED_ERRORS);
    const detail = errors.map(({ field, message }) => (field ? `${field}: ${message}` : message)).join('; ');
    super({ status: 400, type: 'invalid-request', title: 'The request is not valid', errors }, detail);
  }

  /** The error of a single field. */
  static of(field: string, rule: string, message: string): ValidationError {
    return new ValidationError([{ field, rule, message }]);
  }
}

/** 401: nobody verified who is calling. */
export class UnauthenticatedError extends RegistryError {
  constructor() {
    super(
      { status: 401, type: 'unauthenticated', title: 'The caller is not known' },
      'The request carries no verified identity.',
    );
  }
}

/** 404: no such agent, or no such route. */
export class NotFoundError extends RegistryError {
  constructor(detail: string) {
    super({ status: 404, type: 'not-found', title: 'Not found' }, detail);
  }
}

/** 409: the id or the name belongs to somebody else. */
export class ConflictError extends RegistryError {
  constructor(errors: readonly FieldError[]) {
    const detail = errors.map(({ message }) => message).join('; ');
    super({ status: 409, type: 'conflict', title: 'The id or name is taken', errors }, detail);
  }
}

/** 410: it was there, and is kept no longer. */
export class GoneError extends RegistryError {
  constructor(detail: string) {
    super({ status: 410, type: 'gone', title: 'No longer kept' }, detail);
  }
}

/** 412: `If-Match` names a revision that is no longer the agent's. */
export class PreconditionFailedError extends RegistryError {
  constructor(detail: string) {
    super({ status: 412, type: 'precondition-failed', title: 'The agent has changed' }, detail);
  }
}

/** 413: larger than the registry stores. */
export class TooLargeError extends RegistryError {
  constructor(detail: string) {
    super({ status: 413, type: 'too-large', title: 'The document is too large' }, detail);
  }
}

/** 422: an `Idempotency-Key` came back with another body. */
export class IdempotencyKeyReusedError extends RegistryError {
  constructor() {
    super(
      { status: 422, type: 'idempotency-key-reused', title: 'The Idempotency-Key was used for another request' },
      'This Idempotency-Key was first used with a different body.',
    );
  }
}

/** 503: nothing was changed, or it is not known to be; the same request may be sent again. */
export class UnavailableError extends RegistryError {
  constructor(detail: string, options?: ErrorOptions) {
    super({ status: 503, type: 'unavailable', title: 'Try again', retryAfter: 1 }, detail, options);
  }
}
