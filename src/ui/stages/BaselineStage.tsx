import { startSentence } from '../../client/hub';
import { isBusy } from '../../client/state';
import { epochsOf } from '../../engine/experiments/meta';
import { useStudioState } from '../StudioContext';
import { LogPanel } from '../shell/LogPanel';
import { HubCard } from './HubCard';
import { RatePanel } from './RatePanel';
import { EmptyStage, NextButton, StageFrame } from './StageFrame';
import { TrainingCharts } from './TrainingCharts';

const HEIGHT = 250;

export function BaselineStage() {
  const result = useStudioState((s) => s.baseline);
  const search = useStudioState((s) => s.lrFinder);
  const photos = useStudioState((s) => s.dataset !== null);
  const start = useStudioState(startSentence);
  const done = useStudioState((s) => !isBusy(s) && (s.baseline?.epochs.length ?? 0) > 0);
  const searchedLast = search !== null && search.startedAt > (result?.startedAt ?? '');
  const charts = [
    search && <RatePanel key="rate" search={search} height={HEIGHT} />,
    result && (
      <TrainingCharts key="training" result={result} epochs={epochsOf('baseline', result.config)} height={HEIGHT} />
    ),
  ];
  return (
    <StageFrame
      stage="baseline"
      purpose="Train the usual way, on random crops; measure after every epoch."
      action={done && <NextButton to="sweep" />}
    >
      {searchedLast ? charts : charts.toReversed()}
      <LogPanel run="baseline" />
      {!result && !photos && (
        <EmptyStage
          title="No photos yet"
          text="The baseline learns from your photos: open a folder first."
          goTo="photos"
        />
      )}
      {!result && !search && photos && (
        <EmptyStage
          title="Loss and accuracy will be drawn here"
          text={start ?? 'Choose the settings on the right, look at the plan, and start. You can pause at any time.'}
        />
      )}
      {!result && <HubCard />}
    </StageFrame>
  );
}
