import { SegmentedControl, Text } from '@mantine/core';
import { lazy, Suspense, useState } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { startSentence } from '../../client/hub';
import { bestEpoch, majorityAccuracy, stepVerdict } from '../../client/selectors';
import { baselineSentence } from '../../client/sentences';
import { stageStatus } from '../../client/stageStatus';
import { isBusy, type TrainingResult } from '../../client/state';
import type { EpochRecord } from '../../engine/base/records';
import { epochsOf } from '../../engine/experiments/meta';
import { formatCount, formatNoun } from '../../words/format';
import { judgedBy } from '../../words/trainingVerdict';
import { PresetCards } from '../settings/PresetCards';
import { LogPanel } from '../shell/LogPanel';
import { useConfirm } from '../Confirm';
import { shown, useStudio, useStudioState } from '../StudioContext';
import { Card } from './Card';
import { OpenWeights } from './OpenWeights';
import css from './stage.module.css';
import { EmptyStage, StageFrame, type StageTab } from './StageFrame';
import { useSeedTabs } from './SeedTabs';
import { TrainingCards, useTrainingTabs } from './TrainingTabs';
import { VerdictCard } from './VerdictCard';

const HubCard = lazy(() => import('./HubCard').then(({ HubCard: card }) => ({ default: card })));
const RatePanel = lazy(() => import('./RatePanel').then(({ RatePanel: panel }) => ({ default: panel })));

export function BaselineStage() {
  const result = useStudioState((s) => s.baseline);
  const search = useStudioState((s) => s.lrFinder);
  const photos = useStudioState((s) => s.dataset !== null);
  const guessing = useStudioState((s) => majorityAccuracy(s.dataset));
  const sentence = useStudioState(baselineSentence);
  const { mood } = useStudioState(useShallow((s) => stageStatus(s, 'baseline')));
  const facts = useStudioState(useShallow((s) => stepVerdict(s, 'baseline').facts));
  const best = bestEpoch(result);
  const epochs = result ? epochsOf('baseline', result.config) : 1;
  const training = useTrainingTabs(result, epochs);
  const rate: StageTab[] = search
    ? [{ id: 'rate', label: 'Learning rate', panel: <Suspense>{<RatePanel search={search} />}</Suspense> }]
    : [];
  const setUp: StageTab = {
    id: 'setup',
    label: 'Start from',
    panel: photos ? (
      <SetUp />
    ) : (
      <EmptyStage
        title="No photos yet"
        text="The baseline learns from your photos: open a folder first."
        goTo="photos"
      />
    ),
  };
  const searchedLast = search !== null && search.startedAt > (result?.startedAt ?? '');
  const busy = useStudioState(isBusy);
  const log: StageTab[] = result ? [{ id: 'log', label: 'Log', panel: <LogPanel run="baseline" /> }] : [];
  const seeds = useSeedTabs('baseline');
  const results = searchedLast ? [...rate, ...training, ...seeds, ...log] : [...training, ...seeds, ...rate, ...log];
  return (
    <StageFrame
      stage="baseline"
      sentence={sentence}
      tabs={busy && results.length > 0 ? results : [...results, setUp]}
      verdict={
        result && (
          <VerdictCard
            title={best ? titleOf(result, best) : 'Accuracy'}
            tone={mood}
            score={best?.validation ?? null}
            by={judgedBy(result)}
            guessing={guessing}
            notes={facts}
            facts={
              best
                ? [
                    {
                      name: 'Right',
                      value: `${formatCount(best.validation.correct)} of ${formatNoun(best.validation.count, 'validation photo')}`,
                    },
                  ]
                : []
            }
          />
        )
      }
    >
      {result && <TrainingCards result={result} epochs={epochs} />}
    </StageFrame>
  );
}

/** fastai's recipe keeps its last epoch, whichever was best. */
function titleOf({ ended, config }: TrainingResult, { epoch }: EpochRecord): string {
  if (config.recipe === 'fastai') return `Epoch ${epoch}, the last`;
  return `${ended === 'running' ? 'Best so far' : 'Best'}: epoch ${epoch}`;
}

type Source = 'scratch' | 'hub' | 'file';

/** Where the weights come from, and with which settings they are trained on. */
function SetUp() {
  const imported = useStudioState((s) => s.imported);
  const start = useStudioState(startSentence);
  const [chosen, setChosen] = useState<Source | null>(null);
  const studio = useStudio();
  const confirm = useConfirm();
  const busy = useStudioState(isBusy);
  const trained = useStudioState((s) => bestEpoch(s.baseline) !== null);
  const source = chosen ?? (imported ? 'file' : 'scratch');
  async function choose(next: Source) {
    if (next === 'scratch' && imported) {
      const question = {
        title: 'Start from scratch?',
        body: `The weights ${imported.origin} leave the memory, and the results that stand on them.`,
        action: 'Start from scratch',
      };
      if (!trained && !(await confirm(question))) return;
      await studio.startFromScratch();
    }
    setChosen(next);
  }
  return (
    <div className={`${css['setup']} ${css['startFrom']}`}>
      <Card title="Start from">
        <SegmentedControl
          transitionDuration={0}
          aria-label="Start from"
          value={source}
          disabled={busy}
          onChange={(next) => shown(choose(next))}
          data={[
            { value: 'scratch', label: 'Scratch' },
            { value: 'hub', label: 'The Hub' },
            { value: 'file', label: 'A file' },
          ]}
          mb="xs"
          data-testid="start-from"
        />
        {start !== null && (
          <Text size="sm" mb="xs">
            {start}
          </Text>
        )}
        {source === 'scratch' && start === null && (
          <Text size="sm" c="dimmed">
            Random weights: everything the network knows, it learns from your photos.
          </Text>
        )}
        {source === 'hub' && (
          <Suspense>
            <HubCard />
          </Suspense>
        )}
        {source === 'file' && (
          <>
            <Text size="sm" c="dimmed" mb="xs">
              Weights from here, from torchvision or timm: .safetensors, or .pth as PyTorch saves them.
            </Text>
            <OpenWeights />
          </>
        )}
      </Card>
      <Card title="How to train">
        <PresetCards />
      </Card>
    </div>
  );
}
