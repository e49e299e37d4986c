import { lazy, Suspense, useEffect } from 'react';
import { useStudioState } from '../StudioContext';
import { StageSection } from './StageFrame';
import { Welcome } from './Welcome';

const load = () => import('./OpenedPhotos');
const OpenedPhotos = lazy(() => load().then(({ OpenedPhotos: opened }) => ({ default: opened })));

export function PhotosStage() {
  const opening = useStudioState((s) => s.opening !== null);
  const dataset = useStudioState((s) => (s.opening ? null : s.dataset));
  // Photos are being read: what shows them is there when they are.
  useEffect(() => {
    if (opening) void load();
  }, [opening]);
  if (dataset) {
    return (
      <Suspense>
        <OpenedPhotos key={dataset.name} dataset={dataset} />
      </Suspense>
    );
  }
  return (
    <StageSection
      stage="photos"
      sentence="Train a network on your own photos, find the size it sees them best at, and take it with you."
    >
      <Welcome />
    </StageSection>
  );
}
