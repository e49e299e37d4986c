/** Long work on a thread that has others to answer. */

/** As long as the thread does nothing else. */
const SLICE_MS = 10;

/** What the generator comes to; between slices the thread does whatever waits, and `told` hears what was yielded last. */
export async function inSlices<Told, T>(
  work: Generator<Told, T, undefined>,
  told: (last: Told) => void = () => undefined,
): Promise<T> {
  let begun = performance.now();
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
    if (performance.now() - begun < SLICE_MS) continue;
    told(step.value);
    await new Promise((resolve) => setTimeout(resolve));
    begun = performance.now();
  }
}
