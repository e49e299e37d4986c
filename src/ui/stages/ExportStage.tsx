import { Button, CopyButton, Radio, Text } from '@mantine/core';
import { IconCheck, IconCopy, IconDownload, IconTargetArrow } from '@tabler/icons-react';
import { useShallow } from 'zustand/react/shallow';
import { chosenWeights } from '../../client/chosenWeights';
import { exportSentence } from '../../client/sentences';
import { archLabel } from '../../client/recipe';
import { bestEpoch, hasWeights, intervalOf, startBlock } from '../../client/selectors';
import { snippetOf } from '../../client/snippet';
import { TRY_TAB } from '../../client/tried';
import type { ExportKind } from '../../protocol/messages';
import { formatAccuracy, formatInterval, formatLoss, keepUnits } from '../../words/format';
import { licenceSentence } from '../../words/licence';
import { viewText } from '../../words/view';
import { ScrollRegion } from '../ScrollRegion';
import settingsCss from '../settings/settings.module.css';
import { shown, useStudio, useStudioState } from '../StudioContext';
import { Card, Facts } from './Card';
import css from './stage.module.css';
import { EmptyStage, StageFrame } from './StageFrame';
import { ModelExports } from './ModelExports';
import { OpenWeights } from './OpenWeights';
import { TrainElsewhere } from './TrainElsewhere';
import { TryPanel } from './TryPanel';

export function ExportStage() {
  const sentence = useStudioState(exportSentence);
  const ready = useStudioState(hasWeights);
  return (
    <StageFrame
      stage="takehome"
      sentence={sentence}
      tabs={
        ready
          ? [
              { id: TRY_TAB, label: 'Try it', panel: <TryPanel /> },
              { id: 'use', label: 'In Python', panel: <Snippet /> },
            ]
          : [{ id: 'none', label: 'Nothing yet', panel: <NothingYet /> }]
      }
      {...(ready && { verdict: <WhichWeights /> })}
    >
      {!ready && <TrainElsewhere />}
      {ready && (
        <>
          <Records />
          <ModelExports />
          <TrainElsewhere />
          <AccuracyCheck />
          <Card title="Open other weights">
            <Text size="sm" c="dimmed" mb="xs">
              From here, from torchvision or timm: they replace those in memory.
            </Text>
            <OpenWeights />
          </Card>
        </>
      )}
    </StageFrame>
  );
}

function NothingYet() {
  return (
    <EmptyStage title="Nothing to export yet" text="Train a baseline, or open weights that you saved before.">
      <OpenWeights />
    </EmptyStage>
  );
}

/** Code that loads the file and answers for a photo, with the test view that the accuracy was measured in. */
function Snippet() {
  const code = useStudioState(snippetOf);
  return (
    <section className={`card ${css['card']} ${css['list']}`} aria-labelledby="snippet-title">
      <div className={css['cardHead']}>
        <h3 id="snippet-title" className={css['title']}>
          In Python, with torchvision
        </h3>
        <CopyButton value={code}>
          {({ copied, copy }) => (
            <Button
              size="compact-sm"
              variant="default"
              leftSection={copied ? <IconCheck size={15} /> : <IconCopy size={15} />}
              onClick={copy}
              data-testid="copy-code"
            >
              {copied ? 'Copied' : 'Copy'}
            </Button>
          )}
        </CopyButton>
      </div>
      <ScrollRegion className={css['code']} label="Loading them in Python">
        <pre data-testid="snippet">{code}</pre>
      </ScrollRegion>
    </section>
  );
}

function WhichWeights() {
  const studio = useStudio();
  const held = useStudioState(
    useShallow(({ weights: inMemory, weightsSlot, exportSlot, baseline, finetune }) => ({
      weights: inMemory,
      weightsSlot,
      exportSlot,
      baseline,
      finetune,
    })),
  );
  const both = bestEpoch(held.baseline) !== null && bestEpoch(held.finetune) !== null;
  const tuned = chosenWeights({ ...held, exportSlot: 'finetune' });
  const before = chosenWeights({ ...held, exportSlot: 'baseline' });
  const weights = chosenWeights(held);
  const terms = weights && licenceSentence(held.weights?.history ?? []);
  const slot = held.exportSlot === 'best' ? held.weightsSlot : held.exportSlot;
  return (
    <Card title="Weights" testId="weights-info">
      {both && tuned && before ? (
        <Radio.Group
          value={slot}
          onChange={(value) => studio.chooseExport(value)}
          label="Which weights"
          labelProps={{ className: 'visually-hidden' }}
        >
          {(
            [
              ['finetune', 'Fine-tuned', tuned],
              ['baseline', 'Baseline', before],
            ] as const
          ).map(([value, label, { view, score }]) => (
            <Radio.Card key={value} value={value} className={settingsCss['preset']} mb={6}>
              <Radio.Indicator size="xs" />
              <Text size="sm" className="figures">
                {view ? `${label}, ${keepUnits(`${view.crop} px`)}` : label}{' '}
                <b>{score && keepUnits(formatAccuracy(score.accuracy, score.count))}</b>
              </Text>
            </Radio.Card>
          ))}
        </Radio.Group>
      ) : (
        weights && (
          <Facts
            facts={[
              { name: 'Network', value: archLabel(weights.arch) },
              { name: 'From', value: weights.origin },
              { name: 'Classes', value: String(weights.classes.length) },
              ...(weights.view ? [{ name: 'Tested in', value: viewText(weights.view) }] : []),
            ]}
          />
        )
      )}
      {terms && (
        <Text size="xs" c="dimmed" mt={4} data-testid="licence">
          {terms}
        </Text>
      )}
    </Card>
  );
}

const RECORDS: readonly { kind: ExportKind; file: string; what: string }[] = [
  {
    kind: 'report',
    file: 'report.html',
    what: 'All of it as one page, to read and print: charts, tables, settings; no photos',
  },
  { kind: 'metrics', file: 'metrics.json', what: 'Settings, every epoch, the sizes and this machine' },
  { kind: 'predictions', file: 'predictions.csv', what: 'Predictions for every validation photo' },
  {
    kind: 'checkpoint',
    file: 'checkpoint.zip',
    what: 'The last training with its optimiser, to go on with torchvision’s or timm’s scripts',
  },
];

function Records() {
  const studio = useStudio();
  const ready = useStudioState((s) => hasWeights(s) && s.dataset !== null);
  return (
    <Card title="Metrics and predictions">
      {RECORDS.map(({ kind, file, what }) => (
        <div key={kind} className={css['record']}>
          <Text size="sm" c="dimmed">
            {what}
          </Text>
          <Button
            size="xs"
            variant="default"
            leftSection={<IconDownload size={15} />}
            disabled={!ready}
            onClick={() => shown(studio.download(kind))}
            data-testid={`download-${kind}`}
          >
            {file}
          </Button>
        </div>
      ))}
    </Card>
  );
}

function AccuracyCheck() {
  const studio = useStudio();
  const evaluation = useStudioState((s) => s.evaluate?.evaluation);
  const block = useStudioState(useShallow((s) => startBlock(s, 'evaluate')));
  return (
    <Card title="Accuracy check" testId="evaluation">
      {evaluation ? (
        <Facts
          facts={[
            { name: 'Accuracy', value: formatAccuracy(evaluation.score.accuracy, evaluation.score.count) },
            { name: '95 % interval', value: formatInterval(intervalOf(evaluation.score), evaluation.score.count) },
            { name: 'Loss', value: `${formatLoss(evaluation.score.loss)} nats` },
            {
              name: 'View',
              value: viewText(evaluation.view),
            },
          ]}
        />
      ) : (
        <Text size="sm" c="dimmed">
          Measures the weights in memory on the validation photos, in the baseline’s own view.
        </Text>
      )}
      <Button
        mt="xs"
        size="xs"
        variant="default"
        leftSection={<IconTargetArrow size={15} />}
        disabled={block !== null}
        onClick={() => shown(studio.start('evaluate'))}
        data-testid="evaluate"
      >
        Measure accuracy
      </Button>
      {block && (
        <Text size="xs" c="dimmed" mt={6}>
          {block.reason}
        </Text>
      )}
    </Card>
  );
}
