import { useEffect, useState } from 'react';
import type { Studio } from '../client/studio';
import { toErrorData } from '../engine/base/errors';
import type { StudioConfig } from '../engine/experiments/meta';
import { useStudio, useStudioState } from './StudioContext';

/**
 * What the studio answers for the present settings, or why it cannot: asked for while `when` holds, and again whenever
 * the settings have rested for `waitMs`, since they are typed digit by digit. `ask` is the same function at every call.
 */
export function useConfigAnswer<T>(
  when: boolean,
  waitMs: number,
  ask: (studio: Studio, config: StudioConfig) => Promise<T>,
) {
  const studio = useStudio();
  const config = useStudioState((s) => s.config);
  const [answer, setAnswer] = useState<T | null>(null);
  const [error, setError] = useState<string | null>(null);
  useEffect(() => {
    if (!when) return undefined;
    let gone = false;
    const timer = setTimeout(() => {
      ask(studio, config).then(
        (found) => {
          if (gone) return;
          setAnswer(found);
          setError(null);
        },
        (thrown: unknown) => !gone && setError(toErrorData(thrown).message),
      );
    }, waitMs);
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [studio, config, when, waitMs, ask]);
  const refresh = () => ask(studio, config).then(setAnswer, () => setAnswer(null));
  return { answer, error, refresh };
}
