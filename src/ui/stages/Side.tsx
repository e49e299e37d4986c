/** The right side: the settings of a step, or what belongs to the stage instead. */
import { useStudioState } from '../StudioContext';
import { SettingsPanel } from '../settings/SettingsPanel';
import { PhotosSide } from './PhotosSide';
import { TakeHomeSide } from './TakeHomeSide';

export function Side() {
  const stage = useStudioState((s) => s.stage);
  const experiment = useStudioState((s) => s.experiment);
  if (stage === 'photos' || stage === 'runs') return <PhotosSide />;
  if (stage === 'takehome') return <TakeHomeSide />;
  const run = stage === 'experiments' ? experiment : stage;
  return <SettingsPanel key={run} run={run} />;
}
