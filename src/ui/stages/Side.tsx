/** The right side: the settings of a step, or what belongs to the stage instead. */
import { useStudioState } from '../StudioContext';
import { SettingsPanel } from '../settings/SettingsPanel';
import { PhotosSide } from './PhotosSide';
import { TakeHomeSide } from './TakeHomeSide';

export function Side() {
  const stage = useStudioState((s) => s.stage);
  if (stage === 'photos') return <PhotosSide />;
  if (stage === 'takehome') return <TakeHomeSide />;
  return <SettingsPanel key={stage} step={stage} />;
}
