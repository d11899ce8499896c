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

const rulesOf = (error: unknown): string[] => {
  const { errors = [] } = error as { errors?: { field: string; rule: string }[] };
  return errors.map(({ field, rule }) => `${field} ${rule}`);
};

/** The rules that a call's ValidationError names, as `field rule`. */
export const brokenRules = (call: () => unknown): string[] => rulesOf(errorOf(call));

/** The same of a promise that is rejected. */
export const rejectedRules = async (promise: Promise<unknown>): Promise<string[]> =>
  rulesOf(await rejectionOf(promise));
