import { hasWeights } from '../../client/selectors';
import { isBusy } from '../../client/state';
import { useStudio, useStudioState } from '../StudioContext';
import { ExportList } from './ExportList';

/** The chosen weights for other programs, tried on the open photos. */
export function ModelExports() {
  const studio = useStudio();
  const ready = useStudioState(hasWeights);
  const photos = useStudioState((s) => s.dataset !== null);
  const weights = useStudioState((s) => s.exportSlot);
  const busy = useStudioState(isBusy);
  const occupied = photos && busy ? 'A step is running; files can be tried when it has ended.' : null;
  return (
    <ExportList
      block={ready ? occupied : 'Train a baseline or open weights first.'}
      proves={photos}
      save={(format, onnx) => studio.downloadModel(format, { prove: photos, weights, onnx })}
    />
  );
}
