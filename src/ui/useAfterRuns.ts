import { useEffect, useState } from 'react';
import { useShallow } from 'zustand/react/shallow';
import type { Studio } from '../client/studio';
import type { DatasetSummary } from '../engine/dataset/types';
import { useStudio, useStudioState } from './StudioContext';

/**
 * What the worker says, asked for anew whenever a run, a check or a map has ended or other photos are open; null before, and where it
 * cannot say. `ask` is the same function every time.
 */
export function useAfterRuns<T>(ask: (studio: Studio) => Promise<T>): T | null {
  const studio = useStudio();
  const [answer, setAnswer] = useState<{ of: DatasetSummary; asked: string; found: T } | null>(null);
  const [dataset, ...ended] = useStudioState(
    useShallow((s) => [
      s.dataset,
      s.baseline?.ended,
      s.sweep?.ended,
      s.finetune?.ended,
      s.evaluate?.ended,
      s.experiments.labels?.ended,
      s.checking === null,
      s.mapping === null,
    ]),
  );
  const asked = ended.join();
  useEffect(() => {
    if (!dataset) return undefined;
    let gone = false;
    ask(studio).then(
      (found) => !gone && setAnswer({ of: dataset, asked, found }),
      () => !gone && setAnswer(null),
    );
    return () => {
      gone = true;
    };
  }, [studio, ask, dataset, asked]);
  // What was said of other photos is not true of these.
  return answer && answer.of === dataset ? answer.found : null;
}
