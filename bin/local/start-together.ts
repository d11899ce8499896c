/** Something that runs until it is stopped; nothing, for work that leaves nothing running. */
type Started = { stop(): Promise<void> } | undefined;

/**
 * Starts several things at once, all or none: when one fails, the others are interrupted, or stopped where they had
 * started already.
 *
 * @param signal - interrupts them all
 * @throws the signal's reason, or what the first one that failed threw.
 */
export async function startTogether<T extends readonly Started[]>(
  signal: AbortSignal,
  starts: { readonly [K in keyof T]: (signal: AbortSignal) => Promise<T[K]> },
): Promise<T> {
  const failure = new AbortController();
  const either = AbortSignal.any([signal, failure.signal]);
  const attempts = await Promise.allSettled(
    starts.map((start) =>
      start(either).catch((error: unknown) => {
        failure.abort(error);
        throw error;
      }),
    ),
  );
  const started = attempts.map((attempt) => (attempt.status === 'fulfilled' ? attempt.value : undefined));
  if (!either.aborted) return started as readonly Started[] as T;
  await Promise.all(started.map((one) => one?.stop()));
  throw either.reason;
}
