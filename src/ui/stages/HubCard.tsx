import { Autocomplete, Button, Group, Progress, Text, Title } from '@mantine/core';
import { IconCloudDownload, IconFolderOpen, IconSearch, IconTrash } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { trunkLabels } from '../../engine/models/meta';
import { hasWeights } from '../../client/selectors';
import { formatBytes } from '../../words/format';
import { fetchWords, HUB_MODELS, licenceWords, shelvedWords } from '../../client/hub';
import { isBusy } from '../../client/state';
import type { HubModel, ShelvedModel } from '../../protocol/weights';
import { useConfirm } from '../Confirm';
import { shown, useStudio, useStudioState } from '../StudioContext';
import { FactRow } from './Card';
import css from './stage.module.css';

/** Weights that others trained: looked up, downloaded, kept and opened, each when it is asked for. */
export function HubCard() {
  const studio = useStudio();
  const [id, setId] = useState<string>(HUB_MODELS[0]);
  const [found, setFound] = useState<HubModel | null>(null);
  const [asking, setAsking] = useState(false);
  const shelf = useStudioState((s) => s.shelf);
  useEffect(() => void studio.readShelf(), [studio]);

  async function lookUp() {
    setAsking(true);
    setFound(null);
    try {
      setFound(await studio.lookUp(id.trim()));
    } finally {
      setAsking(false);
    }
  }

  return (
    <section aria-labelledby="hub-title" data-testid="hub">
      <Title order={4} size="h6" id="hub-title" className="visually-hidden">
        Pretrained weights
      </Title>
      <Text size="sm" c="dimmed" mb="xs">
        From the Hugging Face Hub. This is all that the studio ever asks the network, and only when you press the
        button; your photos stay here. Without network, open a file, or drop it anywhere.
      </Text>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          shown(lookUp());
        }}
      >
        <Group gap="xs" align="end">
          <Autocomplete
            size="sm"
            flex={1}
            label="Model"
            description={`Any ${trunkLabels('disjunction')} there, as owner/name`}
            data={[...HUB_MODELS]}
            value={id}
            onChange={setId}
            filter={({ options }) => options}
            data-testid="hub-id"
          />
          <Button
            type="submit"
            variant="default"
            loading={asking}
            leftSection={<IconSearch size={16} />}
            data-testid="hub-look-up"
          >
            Look up
          </Button>
        </Group>
      </form>
      {found && <Match model={found} />}
      <Fetching />
      {shelf && shelf.length > 0 && (
        <>
          <Title order={4} size="sm" mt="md">
            Kept on this computer
          </Title>
          <ul className={css['shelf']}>
            {shelf.map((model) => (
              <Shelved key={model.id} model={model} />
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

/** What it is and takes, before anything of it is downloaded. */
function Match({ model }: { model: HubModel }) {
  const busy = useStudioState((s) => isBusy(s) || s.fetching !== null);
  const fetchModel = useFetch();
  return (
    <div data-testid="hub-found">
      <dl className={`${css['facts']} figures`}>
        <FactRow name="File" value={`${model.file} of ${model.id}`} />
        <FactRow name="Size" value={formatBytes(model.bytes)} />
        <FactRow name="Licence" value={licenceWords(model.licence)} />
        <FactRow name="Version" value={model.revision.slice(0, 12)} />
      </dl>
      <Group justify="end" mt="xs">
        <Button
          disabled={busy}
          leftSection={<IconCloudDownload size={16} />}
          onClick={() => shown(fetchModel(model))}
          data-testid="hub-download"
        >
          Download and open
        </Button>
      </Group>
    </div>
  );
}

function Fetching() {
  const studio = useStudio();
  const fetching = useStudioState((s) => s.fetching);
  if (!fetching) return null;
  return (
    <div data-testid="hub-progress">
      <Progress
        value={(100 * fetching.done) / fetching.bytes}
        transitionDuration={0}
        mt="xs"
        aria-label={`Downloading ${fetching.id}`}
      />
      <div className={css['record']}>
        <Text size="sm" className="figures">
          {fetchWords(fetching)}
        </Text>
        <Button size="compact-sm" variant="default" onClick={() => shown(studio.stopFetching())} data-testid="hub-stop">
          Stop
        </Button>
      </div>
    </div>
  );
}

function Shelved({ model }: { model: ShelvedModel }) {
  const studio = useStudio();
  const confirm = useConfirm();
  const fetchModel = useFetch();
  const mayOpen = useMayOpen();
  const busy = useStudioState((s) => isBusy(s) || s.fetching !== null);

  async function open() {
    if (!model.checked) await fetchModel(model);
    else if (await mayOpen(model.id)) await studio.openShelved(model.id);
  }

  async function remove() {
    const question = { title: `Delete ${model.id}?`, body: 'It can be downloaded again.', action: 'Delete' };
    if (await confirm(question)) await studio.removeShelved(model.id);
  }

  return (
    <li className={css['record']} data-testid="hub-shelved">
      <Text size="sm">
        {model.id}{' '}
        <Text span size="sm" c="dimmed" className="figures">
          {shelvedWords(model)}
        </Text>
      </Text>
      <Group gap="xs" wrap="nowrap">
        <Button
          size="compact-sm"
          variant="default"
          disabled={busy}
          leftSection={model.checked ? <IconFolderOpen size={14} /> : <IconCloudDownload size={14} />}
          aria-label={`${model.checked ? 'Open' : 'Go on downloading'} ${model.id}`}
          onClick={() => shown(open())}
          data-testid="hub-open"
        >
          {model.checked ? 'Open' : 'Go on'}
        </Button>
        <Button
          size="compact-sm"
          variant="subtle"
          color="gray"
          disabled={busy}
          leftSection={<IconTrash size={14} />}
          aria-label={`Delete ${model.id}`}
          onClick={() => shown(remove())}
          data-testid="hub-delete"
        >
          Delete
        </Button>
      </Group>
    </li>
  );
}

/** Asks before trained weights are replaced. */
function useMayOpen(): (id: string) => Promise<boolean> {
  const studio = useStudio();
  const confirm = useConfirm();
  return async (id) => {
    const question = {
      title: `Open ${id}?`,
      body: 'It replaces the weights in memory and clears the charts. Download what you want to keep first.',
      action: 'Open',
    };
    return !hasWeights(studio.store.getState()) || confirm(question);
  };
}

function useFetch(): (model: HubModel) => Promise<void> {
  const studio = useStudio();
  const mayOpen = useMayOpen();
  return async (model) => {
    if (await mayOpen(model.id)) await studio.fetchModel(model);
  };
}
