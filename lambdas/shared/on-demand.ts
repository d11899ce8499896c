/**
 * What is made when it is first asked for, once for all who ask: a function that starts with what every request needs
 * answers sooner. When making it fails, whoever waited is told, and the next one to ask has it tried again.
 */
export function onDemand<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}
