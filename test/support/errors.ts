/** What a call throws; fails when it throws nothing. */
export function errorOf(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  throw new Error('Nothing was thrown');
}

/** What a promise is rejected with; fails when it is not. */
export async function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => {
      throw new Error('Nothing was thrown');
    },
    (error: unknown) => error,
  );
}

/** The rules that a call's ValidationError names, as `field rule`. */
export function brokenRules(call: () => unknown): string[] {
  const { errors = [] } = errorOf(call) as { errors?: { field: string; rule: string }[] };
  return errors.map(({ field, rule }) => `${field} ${rule}`);
}
