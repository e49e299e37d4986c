import { Alert } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { lazy, Suspense } from 'react';
import { majorityAccuracy } from '../../client/selectors';
import { apparentHeadline } from '../../client/views';
import type { DatasetSummary } from '../../engine/dataset/types';
import { formatCount, formatPercent } from '../../words/format';
import { isBusy } from '../../client/state';
import { refusalSentence } from '../../words/dataset';
import { useOpenPhotos } from '../useOpenPhotos';
import { useStudioState } from '../StudioContext';
import { Card, Facts } from './Card';
import { ClassList } from './ClassList';
import { OpenOther } from './OpenOther';
import { OrientationNote } from './OrientationNote';
import { StageFrame, StageSection } from './StageFrame';
import { useViews, ViewsPanel } from './ViewsPanel';
import { Welcome } from './Welcome';

const UnderstandingPanel = lazy(() =>
  import('./UnderstandingPanel').then(({ UnderstandingPanel: panel }) => ({ default: panel })),
);
const PhotoRoom = lazy(() => import('../room/PhotoRoom').then(({ PhotoRoom: room }) => ({ default: room })));
const CopiesPanel = lazy(() => import('./CopiesPanel').then(({ CopiesPanel: panel }) => ({ default: panel })));
const WarningList = lazy(() => import('./WarningList').then(({ WarningList: list }) => ({ default: list })));
const ApparentPanel = lazy(() => import('./ApparentPanel').then(({ ApparentPanel: panel }) => ({ default: panel })));

export function PhotosStage() {
  const dataset = useStudioState((s) => (s.opening ? null : s.dataset));
  if (dataset) return <Opened key={dataset.name} dataset={dataset} />;
  return (
    <StageSection
      stage="photos"
      sentence="Train a network on your own photos, find the size it sees them best at, and take it with you."
    >
      <Welcome />
    </StageSection>
  );
}

function Opened({ dataset }: { dataset: DatasetSummary }) {
  const busy = useStudioState(isBusy);
  const { understand } = useOpenPhotos();
  const views = useViews(dataset);
  const guessing = majorityAccuracy(dataset);
  const understanding = (
    <Suspense>
      <UnderstandingPanel choices={dataset.choices} settings={dataset.settings} disabled={busy} onDecide={understand} />
    </Suspense>
  );
  const headline = views.views ? apparentHeadline(views.views) : dataset.format;
  return (
    <StageFrame
      stage="photos"
      sentence={dataset.refusal ? 'No run can start on these photos yet.' : headline}
      tabs={[
        { id: 'views', label: 'Seen by the network', panel: <ViewsPanel of={views} /> },
        {
          id: 'photos',
          label: 'All photos',
          panel: (
            <Suspense>
              <PhotoRoom dataset={dataset} />
            </Suspense>
          ),
        },
        {
          id: 'apparent',
          label: 'How large things look',
          panel: (
            <Suspense>
              <ApparentPanel />
            </Suspense>
          ),
        },
        {
          id: 'copies',
          label: 'Smaller copies',
          panel: (
            <Suspense>
              <CopiesPanel />
            </Suspense>
          ),
        },
      ]}
      verdict={
        <Card title={dataset.name} action={<OpenOther />}>
          <Facts
            facts={[
              { name: 'Training photos', value: formatCount(dataset.trainCount) },
              { name: 'Validation photos', value: formatCount(dataset.validationCount) },
              ...(dataset.testCount > 0
                ? [{ name: 'Held out for a last test', value: formatCount(dataset.testCount) }]
                : []),
              ...(guessing === null ? [] : [{ name: 'Guessing gets right', value: formatPercent(guessing) }]),
            ]}
          />
        </Card>
      }
    >
      {dataset.refusal && (
        <Alert color="red" variant="light" icon={<IconAlertTriangle />} data-testid="refusal">
          {refusalSentence(dataset.refusal)}
        </Alert>
      )}
      {dataset.refusal && understanding}
      <Suspense>
        <WarningList dataset={dataset} />
      </Suspense>
      <OrientationNote photos={dataset.trainCount + dataset.validationCount} />
      <ClassList dataset={dataset} />
      {!dataset.refusal && understanding}
    </StageFrame>
  );
}
