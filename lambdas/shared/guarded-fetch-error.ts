/** Why an address gave no answer, as coarse as a stranger may know it. */
export type GuardedFetchFailure = 'forbidden' | 'unreachable' | 'tls' | 'timeout' | 'too-large';

const MESSAGES: Readonly<Record<GuardedFetchFailure, string>> = {
  forbidden: 'the address is not allowed',
  unreachable: 'the address cannot be reached',
  tls: 'the address gives no certificate that can be trusted',
  timeout: 'the address took too long to answer',
  'too-large': 'the answer is too large',
};

/**
 * An address that a user gave was not asked, or gave no whole answer. It says nothing of how names resolve or what the
 * network is like: its message may be shown to whoever gave the address.
 */
export class GuardedFetchError extends Error {
  readonly kind: GuardedFetchFailure;

  constructor(kind: GuardedFetchFailure, detail?: string, options?: ErrorOptions) {
    super(detail === undefined ? MESSAGES[kind] : `${MESSAGES[kind]}: it ${detail}`, options);
    this.name = 'GuardedFetchError';
    this.kind = kind;
  }
}

/** Codes of Node and OpenSSL for certificates that do not do, and for what is no TLS at all. */
const TLS = /^(ERR_TLS_|ERR_SSL_|EPROTO$|CERT_|CRL_|SELF_SIGNED_|DEPTH_ZERO_|UNABLE_TO_|INVALID_CA|HOSTNAME_MISMATCH)/;

/** Codes of what our own call does wrong, such as a header that cannot be. */
const OURS = /^ERR_(INVALID|HTTP_INVALID|UNESCAPED)_/;

/** What to throw of a failed request: a fault of ours as it is, all else as {@link GuardedFetchError}. */
export function toGuardedFetchError(error: unknown): unknown {
  if (error instanceof GuardedFetchError) return error;
  const { code = '' } = error as { code?: unknown };
  if (error instanceof TypeError || OURS.test(String(code))) return error;
  return new GuardedFetchError(TLS.test(String(code)) ? 'tls' : 'unreachable');
}
