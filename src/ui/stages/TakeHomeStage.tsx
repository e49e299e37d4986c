import { Button, FileButton, Group, Select, Text, Title } from '@mantine/core';
import { IconDownload, IconFileImport } from '@tabler/icons-react';
import { useRef, useState } from 'react';
import { bestEpoch, hasWeights } from '../../client/selectors';
import { isBusy } from '../../client/state';
import { hasFastaiHead } from '../../engine/models/meta';
import type { WeightsSlot } from '../../protocol/messages';
import { loadingSnippet } from '../../words/loadingSnippet';
import { useConfirm } from '../Confirm';
import { shown, useStudio, useStudioState } from '../StudioContext';
import { ScrollRegion } from '../ScrollRegion';
import { HubCard } from './HubCard';
import css from './stages.module.css';
import { StageFrame } from './StageFrame';

export function TakeHomeStage() {
  return (
    <StageFrame stage="takehome" purpose="Your network, its figures and its answers, as files that other tools read.">
      <Weights />
      <Records />
      <OpenWeights />
      <HubCard />
    </StageFrame>
  );
}

function Weights() {
  const studio = useStudio();
  const ready = useStudioState(hasWeights);
  const baseline = useStudioState((s) => bestEpoch(s.baseline) !== null);
  const finetune = useStudioState((s) => bestEpoch(s.finetune) !== null);
  const arch = useStudioState((s) => s.weights?.arch ?? s.config.arch);
  const classCount = useStudioState((s) => s.weights?.classes.length ?? s.dataset?.classes.length ?? 5);
  const best = useStudioState((s) => s.weightsSlot);
  const [chosen, setSlot] = useState<WeightsSlot | null>(null);
  const slot = chosen ?? best;
  return (
    <section className={`card ${css['result']}`} aria-labelledby="weights-title">
      <div className={css['line']}>
        <div>
          <Title order={3} size="h6" id="weights-title">
            Weights
          </Title>
          <Text size="sm" c="dimmed">
            A .safetensors file with torchvision's names and layouts
            {hasFastaiHead(arch) && ", and fastai's for the head"}; the run's settings and class names are inside.
          </Text>
        </div>
        <Group gap="xs" wrap="nowrap">
          {baseline && finetune && (
            <Select
              size="sm"
              w={150}
              aria-label="Which weights"
              allowDeselect={false}
              value={slot}
              onChange={(value) => setSlot(value)}
              data={[
                { value: 'finetune', label: 'Fine-tuned' },
                { value: 'baseline', label: 'Baseline' },
              ]}
            />
          )}
          <Button
            leftSection={<IconDownload size={16} />}
            disabled={!ready}
            onClick={() => shown(studio.download('weights', slot))}
            data-testid="download-weights"
          >
            Download weights
          </Button>
        </Group>
      </div>
      <ScrollRegion label="Loading them in Python">
        <pre className={css['code']}>{loadingSnippet(arch, classCount)}</pre>
      </ScrollRegion>
    </section>
  );
}

function Records() {
  const studio = useStudio();
  const ready = useStudioState((s) => hasWeights(s) && s.dataset !== null);
  return (
    <section className={`card ${css['result']}`} aria-labelledby="records-title">
      <Title order={3} size="h6" id="records-title">
        Figures and answers
      </Title>
      <div className={css['line']}>
        <Text size="sm" c="dimmed">
          Settings, every epoch, the sweep and this machine, for your notebook.
        </Text>
        <Button
          variant="default"
          leftSection={<IconDownload size={16} />}
          disabled={!ready}
          onClick={() => shown(studio.download('metrics'))}
          data-testid="download-metrics"
        >
          metrics.json
        </Button>
      </div>
      <div className={css['line']}>
        <Text size="sm" c="dimmed">
          What the network says of each validation photo, with a probability for every class.
        </Text>
        <Button
          variant="default"
          leftSection={<IconDownload size={16} />}
          disabled={!ready}
          onClick={() => shown(studio.download('predictions'))}
          data-testid="download-predictions"
        >
          predictions.csv
        </Button>
      </div>
    </section>
  );
}

function OpenWeights() {
  const studio = useStudio();
  const reset = useRef<() => void>(null);
  const confirm = useConfirm();
  const busy = useStudioState(isBusy);

  async function open(file: File) {
    const question = {
      title: `Open ${file.name}?`,
      body: 'It replaces the weights in memory and clears the charts. Download what you want to keep first.',
      action: 'Open',
    };
    if (!hasWeights(studio.store.getState()) || (await confirm(question))) await studio.importWeights(file);
  }

  return (
    <section className={`card ${css['result']}`} aria-labelledby="open-title">
      <div className={css['line']}>
        <div>
          <Title order={3} size="h6" id="open-title">
            Open weights again
          </Title>
          <Text size="sm" c="dimmed">
            A .safetensors file from here or from torchvision, or a .pth of PyTorch's, as a starting point. You can also
            drop it anywhere.
          </Text>
        </div>
        <FileButton
          accept=".safetensors,.pth,.pt,.ckpt,.bin,.tar,.pkl,.zip"
          resetRef={reset}
          onChange={(file) => {
            // The same file, put right, may be chosen again.
            reset.current?.();
            if (file) shown(open(file));
          }}
          inputProps={{ 'data-testid': 'weights-input', 'aria-label': 'Weights file', tabIndex: -1 } as object}
        >
          {(props) => (
            <Button {...props} variant="default" disabled={busy} leftSection={<IconFileImport size={16} />}>
              Open weights
            </Button>
          )}
        </FileButton>
      </div>
    </section>
  );
}
