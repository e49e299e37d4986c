/** The photos step once a folder is open: what was understood, how the network sees it, and all of its photos. */
import { Alert } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { lazy, type ReactNode, Suspense, useDeferredValue } from 'react';
import { majorityAccuracy } from '../../client/selectors';
import { apparentHeadline } from '../../client/views';
import type { DatasetSummary } from '../../engine/dataset/types';
import { formatCount, formatPercent } from '../../words/format';
import { isBusy } from '../../client/state';
import { REFUSED, refusalSentence } from '../../words/dataset';
import { useOpenPhotos } from '../useOpenPhotos';
import { useStudioState } from '../StudioContext';
import { Card, Facts } from './Card';
import { ClassList } from './ClassList';
import { OpenOther } from './OpenOther';
import { OrientationNote } from './OrientationNote';
import css from './stage.module.css';
import { StageFrame, type StageTab } from './StageFrame';
import { useViews, type Views, ViewsPanel } from './ViewsPanel';

const UnderstandingPanel = lazy(() =>
  import('./UnderstandingPanel').then(({ UnderstandingPanel: panel }) => ({ default: panel })),
);
const PhotoRoom = lazy(() => import('../room/PhotoRoom').then(({ PhotoRoom: room }) => ({ default: room })));
const CopiesPanel = lazy(() => import('./CopiesPanel').then(({ CopiesPanel: panel }) => ({ default: panel })));
const WarningList = lazy(() => import('./WarningList').then(({ WarningList: list }) => ({ default: list })));
const LaterChanges = lazy(() =>
  import('../projects/LaterChanges').then(({ LaterChanges: changes }) => ({ default: changes })),
);
const SplitTroubles = lazy(() =>
  import('./SplitTroubles').then(({ SplitTroubles: troubles }) => ({ default: troubles })),
);
const ApparentPanel = lazy(() => import('./ApparentPanel').then(({ ApparentPanel: panel }) => ({ default: panel })));

export function OpenedPhotos({ dataset }: { dataset: DatasetSummary }) {
  const busy = useStudioState(isBusy);
  const { understand } = useOpenPhotos();
  const later = useStudioState((s) => s.laterEdits !== null);
  const views = useViews(dataset);
  const guessing = majorityAccuracy(dataset);
  // The photos first: the choices' many fields are drawn behind them, in slices.
  const choices = useDeferredValue(true, false);
  const understanding = choices && (
    <Suspense>
      <UnderstandingPanel choices={dataset.choices} settings={dataset.settings} disabled={busy} onDecide={understand} />
    </Suspense>
  );
  const refused = dataset.refusal && (
    <div className={css['refused']}>
      <Alert color="red" variant="light" icon={<IconAlertTriangle />} data-testid="refusal">
        {refusalSentence(dataset.refusal)}
      </Alert>
      {understanding}
    </div>
  );
  // No photo can be looked at before that is settled.
  const nothing = dataset.trainCount + dataset.validationCount === 0;
  return (
    <StageFrame
      stage="photos"
      sentence={dataset.refusal ? REFUSED : dataset.format}
      tabs={nothing ? [{ id: 'refused', label: 'What is open', panel: refused }] : photoTabs(dataset, views)}
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
      {!nothing && refused}
      {later && (
        <Suspense>
          <LaterChanges />
        </Suspense>
      )}
      <Suspense>
        <WarningList dataset={dataset} />
      </Suspense>
      <Suspense>
        <SplitTroubles dataset={dataset} />
      </Suspense>
      <OrientationNote photos={dataset.trainCount + dataset.validationCount} />
      {dataset.classes.length > 0 && <ClassList dataset={dataset} />}
      {!dataset.refusal && understanding}
    </StageFrame>
  );
}

function photoTabs(dataset: DatasetSummary, views: Views): StageTab[] {
  const tab = (id: string, label: string, panel: ReactNode): StageTab => ({
    id,
    label,
    panel: <Suspense>{panel}</Suspense>,
  });
  const seen = tab('views', 'Seen by the network', <ViewsPanel of={views} />);
  return [
    views.views && !dataset.refusal ? { ...seen, sentence: apparentHeadline(views.views) } : seen,
    tab('photos', 'All photos', <PhotoRoom dataset={dataset} />),
    tab('apparent', 'How large things look', <ApparentPanel />),
    tab('copies', 'Smaller copies', <CopiesPanel />),
  ];
}
