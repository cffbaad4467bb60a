/** What was thrown, as an Error: callbacks of libraries hand over anything. */
export function asError(e: unknown): Error {
  return e instanceof Error ? e : new Error(typeof e === 'string' ? e : JSON.stringify(e));
}
