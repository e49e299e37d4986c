import { Alert, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { refusalSentence } from '../../words/dataset';
import { keepUnits } from '../../words/format';
import { classesSentence } from '../../client/sentences';
import type { DatasetSummary } from '../../engine/dataset/types';
import { InTurn } from '../InTurn';
import { isBusy } from '../../client/state';
import { useStudioState } from '../StudioContext';
import { useOpenPhotos } from '../useOpenPhotos';
import { ApparentPanel } from './ApparentPanel';
import { ClassTable } from './ClassTable';
import { CopiesPanel } from './CopiesPanel';
import { OrientationNote } from './OrientationNote';
import { PhotoGrid } from './PhotoGrid';
import { NextButton, StageFrame } from './StageFrame';
import { UnderstandingPanel } from './UnderstandingPanel';
import { ViewsPanel } from './ViewsPanel';
import { WarningList } from './WarningList';
import { Welcome } from './Welcome';

export function PhotosStage() {
  const dataset = useStudioState((s) => s.dataset);
  const opening = useStudioState((s) => s.opening !== null);
  const busy = useStudioState(isBusy);
  const { understand } = useOpenPhotos();
  const purpose = 'What the network learns from, and what it is tested on.';
  if (!dataset || opening) {
    return (
      <StageFrame stage="photos" purpose={purpose}>
        <Welcome />
      </StageFrame>
    );
  }
  return (
    <StageFrame stage="photos" purpose={dataset.format} action={!dataset.refusal && <NextButton to="baseline" />}>
      {dataset.refusal && (
        <Alert
          color="red"
          variant="light"
          icon={<IconAlertTriangle />}
          title="No run can start on these photos"
          data-testid="refusal"
        >
          {refusalSentence(dataset.refusal)}
        </Alert>
      )}
      <UnderstandingPanel choices={dataset.choices} settings={dataset.settings} disabled={busy} onDecide={understand} />
      <InTurn>
        <Text size="sm">{keepUnits(classesSentence(dataset))}</Text>
        <ClassTable dataset={dataset} />
        <WarningList dataset={dataset} />
        <OrientationNote photos={dataset.trainCount + dataset.validationCount} />
        {hasPhotos(dataset) && <PhotoGrid dataset={dataset} />}
        {hasPhotos(dataset) && <ViewsPanel dataset={dataset} />}
        {hasPhotos(dataset) && <CopiesPanel key={`copies ${dataset.name}`} />}
        {hasPhotos(dataset) && <ApparentPanel key={dataset.name} />}
      </InTurn>
    </StageFrame>
  );
}

const hasPhotos = ({ trainCount, validationCount }: DatasetSummary): boolean => trainCount + validationCount > 0;
