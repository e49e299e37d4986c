import { startSentence } from '../../client/hub';
import { isBusy } from '../../client/state';
import { epochsOf } from '../../engine/experiments/meta';
import { useStudioState } from '../StudioContext';
import { HubCard } from './HubCard';
import { EmptyStage, NextButton, StageFrame } from './StageFrame';
import { TrainingCharts } from './TrainingCharts';

export function BaselineStage() {
  const result = useStudioState((s) => s.baseline);
  const photos = useStudioState((s) => s.dataset !== null);
  const start = useStudioState(startSentence);
  const done = useStudioState((s) => !isBusy(s) && (s.baseline?.epochs.length ?? 0) > 0);
  return (
    <StageFrame
      stage="baseline"
      purpose="Train the usual way, on random crops; measure after every epoch."
      action={done && <NextButton to="sweep" />}
    >
      {result && <TrainingCharts result={result} epochs={epochsOf('baseline', result.config)} height={250} />}
      {!result && !photos && (
        <EmptyStage
          title="No photos yet"
          text="The baseline learns from your photos: open a folder first."
          goTo="photos"
        />
      )}
      {!result && photos && (
        <EmptyStage
          title="Loss and accuracy will be drawn here"
          text={start ?? 'Choose the settings on the right, look at the plan, and start. You can pause at any time.'}
        />
      )}
      {!result && <HubCard />}
    </StageFrame>
  );
}
