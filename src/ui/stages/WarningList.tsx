import { Badge, Group, Table, Text, UnstyledButton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { WARNING_LABELS } from '../../words/dataset';
import { warningText } from '../../words/datasetWarnings';
import { formatCount, formatNoun } from '../../words/format';
import type { DatasetSummary, WarningCode } from '../../engine/dataset/types';
import { useStudioState } from '../StudioContext';
import { ScrollRegion } from '../ScrollRegion';
import css from './stage.module.css';

/** Everything odd that training steps over: counted, collected, each with its file and row. */
export function WarningList({ dataset }: { dataset: DatasetSummary }) {
  const [open, { toggle }] = useDisclosure(false);
  const later = useStudioState((s) => s.warnings);
  const counts = Object.entries(dataset.warningCounts) as [WarningCode, number][];
  const total = counts.reduce((sum, [, count]) => sum + count, 0) + later.length;
  if (total === 0) return null;
  return (
    <div className="card" style={{ padding: '8px 12px' }} data-testid="warnings">
      <UnstyledButton onClick={toggle} aria-expanded={open} w="100%">
        <Group gap="xs">
          {open ? <IconChevronDown size={14} aria-hidden /> : <IconChevronRight size={14} aria-hidden />}
          <Text size="sm" fw={600}>
            {formatNoun(total, 'thing')} to know about
          </Text>
          {counts.map(([kind, count]) => (
            <Badge key={kind} variant="default" tt="none" radius="sm" fw={400}>
              {WARNING_LABELS[kind]}: {formatCount(count)}
            </Badge>
          ))}
          {later.length > 0 && (
            <Badge variant="default" tt="none" radius="sm" fw={400}>
              while running: {formatCount(later.length)}
            </Badge>
          )}
        </Group>
      </UnstyledButton>
      {open && (
        <ScrollRegion className={css['wide']} label="Warnings">
          <Table verticalSpacing={4}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>What</Table.Th>
                <Table.Th>File</Table.Th>
                <Table.Th ta="right">Row</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {dataset.warnings.map((warning, i) => (
                // Warnings never change once the folder was read: their place is their identity.
                <Table.Tr key={i}>
                  <Table.Td>{warningText(warning)}</Table.Td>
                  <Table.Td>{warning.file ?? ''}</Table.Td>
                  <Table.Td ta="right">{warning.row ?? ''}</Table.Td>
                </Table.Tr>
              ))}
              {later.map((message, i) => (
                <Table.Tr key={`later-${i}`}>
                  <Table.Td colSpan={3}>{message}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
          {total > dataset.warnings.length + later.length && (
            <Text size="xs" c="dimmed" py={6}>
              The first {formatCount(dataset.warnings.length)} are listed.
            </Text>
          )}
        </ScrollRegion>
      )}
    </div>
  );
}
