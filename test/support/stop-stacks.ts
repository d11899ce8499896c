/** Jest's global teardown of the integration project. */
export default async function tearDown(): Promise<void> {
  await globalThis.runningStacks?.stop();
}
