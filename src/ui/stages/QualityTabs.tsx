/** Whether a step's answers can be trusted: tabs of the steps that have been measured. */
import { Text } from '@mantine/core';
import { withoutPrefix } from '../../client/classNames';
import { balancedSentence, metricsTable, suspectNote, suspectsSentence } from '../../client/quality';
import type { StepQuality } from '../../engine/analysis/stepQuality';
import { keepUnits } from '../../words/format';
import { DataTable } from '../charts/ChartFrame';
import { ReliabilityChart } from '../charts/ReliabilityChart';
import { ScrollRegion } from '../ScrollRegion';
import { PhotoList } from './PhotoList';
import photoCss from './photos.module.css';
import type { StageTab } from './StageFrame';

/** Photos of which each is asked for when it comes into view. */
const MOST_SUSPECTS = 200;

export const qualityTabs = (quality: StepQuality, classes: readonly string[]): StageTab[] => [
  { id: 'calibration', label: 'Calibration', panel: <ReliabilityChart quality={quality} /> },
  { id: 'suspects', label: 'Labels', panel: <Suspects quality={quality} classes={classes} /> },
];

/** For the table of classes. */
export function ClassMetrics({ quality, classes }: { quality: StepQuality; classes: readonly string[] }) {
  return (
    <>
      <Text size="sm" my="xs">
        {keepUnits(balancedSentence(quality))}
      </Text>
      <DataTable
        table={metricsTable(quality, classes)}
        caption="Precision, recall and F1 by class, with 95 % intervals"
      />
    </>
  );
}

function Suspects({ quality, classes }: { quality: StepQuality; classes: readonly string[] }) {
  const shown = quality.suspects.slice(0, MOST_SUSPECTS);
  const short = withoutPrefix(classes);
  return (
    <section className={`card ${photoCss['wall']}`} aria-label="Doubtful labels" data-testid="suspects">
      <Text size="sm" mb="xs">
        {keepUnits(suspectsSentence(quality))}
      </Text>
      <ScrollRegion className={photoCss['scroll']} label="Photos whose label is doubted">
        <PhotoList
          photos={shown.map((issue) => ({
            split: 'validation',
            index: issue.index,
            note: suspectNote(issue, short),
          }))}
          names={classes}
        />
      </ScrollRegion>
    </section>
  );
}
