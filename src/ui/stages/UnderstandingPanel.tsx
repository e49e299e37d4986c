import { Button, Group, Select, SimpleGrid, Text, Title } from '@mantine/core';
import type { ChoiceKey, DatasetSettings } from '../../engine/dataset/settings';
import type { Choice } from '../../engine/dataset/types';
import { CHOICE_LABELS } from '../../words/dataset';

export interface UnderstandingPanelProps {
  choices: readonly Choice[];
  /** What the person has decided. */
  settings: DatasetSettings;
  disabled: boolean;
  onDecide: (settings: DatasetSettings) => void;
}

/** What was chosen about the folder, each with its alternatives; what has to be asked stands open. */
export function UnderstandingPanel({ choices, settings, disabled, onDecide }: UnderstandingPanelProps) {
  const open = choices.filter(({ others }) => others.length > 0);
  if (open.length === 0) return null;
  const decide = (what: ChoiceKey, value: string | null) => {
    if (value !== null) onDecide({ ...settings, [what]: value });
  };
  return (
    <section aria-labelledby="understanding-title" className="card" data-testid="understanding" style={{ padding: 12 }}>
      <Group justify="space-between" mb="xs">
        <Title order={3} size="h6" id="understanding-title">
          How the folder was understood
        </Title>
        {Object.keys(settings).length > 0 && (
          <Button size="compact-sm" variant="subtle" disabled={disabled} onClick={() => onDecide({})}>
            Undo all changes
          </Button>
        )}
      </Group>
      {open.some(({ chosen }) => chosen === null) && (
        <Text size="sm" mb="xs">
          The folder leaves something open: please choose.
        </Text>
      )}
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} spacing="sm">
        {open.map(({ what, chosen, others }) => (
          <Select
            key={what}
            label={CHOICE_LABELS[what]}
            placeholder={chosen === null ? 'Please choose' : 'None'}
            value={chosen === '' ? null : chosen}
            data={[...new Set([...(chosen ? [chosen] : []), ...others])].filter((value) => value !== '')}
            onChange={(value) => decide(what, value)}
            allowDeselect={false}
            searchable={others.length > 8}
            disabled={disabled}
            error={chosen === null}
            data-testid={`choice-${what}`}
          />
        ))}
      </SimpleGrid>
    </section>
  );
}
