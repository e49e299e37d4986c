/** Counts photos that EXIF wants turned, in the background, by the first bytes of each. */
import { exifOrientation } from '../engine/photo/exifOrientation';
import type { Dataset, FileSource, Orientations } from '../engine/dataset/types';

/** Cameras write the tag among the first few hundred bytes; of a later one nothing is read. */
const HEAD_BYTES = 4096;
/** In larger folders, so many spread over all: browsers hold kilobytes for each file that was opened. */
const MOST_PHOTOS = 2000;
/** At a time: a disk is kept busy, and a run beside it is not. */
const READERS = 4;
const REPORT_MS = 500;

/** Looks at photos of both splits; whatever cannot be read has no orientation. Ends early when `signal` is aborted. */
export async function countOrientations(
  source: FileSource,
  { train, validation }: Dataset,
  signal: AbortSignal,
  onReport: (report: Orientations) => void,
): Promise<void> {
  if (source.plain) return;
  const stride = Math.max(1, (train.length + validation.length) / MOST_PHOTOS);
  const photos = [...train, ...validation];
  const paths = Array.from(
    { length: Math.floor(photos.length / stride) },
    (_, i) => photos[Math.floor(i * stride)]!.path,
  );
  const report: Orientations = { looked: 0, of: paths.length, turned: 0 };
  let reportedAt = performance.now();
  let next = 0;
  const readOn = async () => {
    while (next < paths.length && !signal.aborted) {
      const path = paths[next++]!;
      if (await isTurned(source, path)) report.turned++;
      report.looked++;
      if (signal.aborted || performance.now() - reportedAt < REPORT_MS) continue;
      reportedAt = performance.now();
      onReport({ ...report });
    }
  };
  await Promise.all(Array.from({ length: READERS }, readOn));
  if (!signal.aborted) onReport(report);
}

async function isTurned(source: FileSource, path: string): Promise<boolean> {
  try {
    const head = (await source.read(path)).slice(0, HEAD_BYTES);
    return exifOrientation(new Uint8Array(await head.arrayBuffer())) !== 1;
  } catch {
    return false;
  }
}
