import { VisuallyHidden } from '@mantine/core';
import { spokenProgress } from '../../client/progress';
import { useStudioState } from '../StudioContext';

/** Progress for screen readers, in steps coarse enough to live with. */
export function SpokenProgress() {
  const words = useStudioState(spokenProgress);
  return (
    <VisuallyHidden>
      <output aria-live="polite">{words}</output>
    </VisuallyHidden>
  );
}
