import { Button, Text } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useState } from 'react';
import { EXPORTS, MODEL_FORMATS, type ModelFormat, ONNX_DEFAULTS, type OnnxOptions } from '../../engine/exports/meta';
import type { ExportRefusal, Proof } from '../../protocol/messages';
import { proofSentence, refusalSentence } from '../../words/exports';
import { Card } from './Card';
import { OnnxChoices } from './OnnxChoices';
import css from './stage.module.css';

export type Exported = { proofs: readonly Proof[]; refused: readonly ExportRefusal[] };

interface ExportListProps {
  /** Why nothing can be exported now; null where it can. */
  block: string | null;
  /** Photos are open, on which each file is tried before it is handed out. */
  proves: boolean;
  /** Makes, proves and saves; fails where the page says why elsewhere. */
  save: (format: ModelFormat | 'everything', onnx: OnnxOptions) => Promise<Exported>;
}

/** The network as other programs' files, and what each said when it was opened. */
export function ExportList({ block, proves, save }: ExportListProps) {
  const [working, setWorking] = useState<ModelFormat | 'everything' | null>(null);
  const [onnx, setOnnx] = useState(ONNX_DEFAULTS);
  const [said, setSaid] = useState<Partial<Record<ModelFormat, string>>>({});

  async function run(format: ModelFormat | 'everything') {
    setWorking(format);
    try {
      const { proofs, refused } = await save(format, onnx);
      const news = [
        ...proofs.map((proof) => [proof.format, proofSentence(proof)] as const),
        ...refused.map((refusal) => [refusal.format, refusalSentence(refusal)] as const),
      ];
      setSaid((before) => ({ ...before, ...Object.fromEntries(news) }));
    } catch {
      if (format !== 'everything') setSaid((before) => ({ ...before, [format]: undefined }));
    } finally {
      setWorking(null);
    }
  }

  const button = (format: ModelFormat | 'everything', fileName: string) => (
    <Button
      variant="default"
      leftSection={<IconDownload size={16} />}
      loading={working === format}
      disabled={block !== null || (working !== null && working !== format)}
      onClick={() => void run(format)}
      data-testid={`export-${format}`}
    >
      {fileName}
    </Button>
  );

  return (
    <Card title="For other programs">
      <Text size="sm" c="dimmed">
        {block ??
          (proves
            ? 'Each file is opened in its own program and tried on validation photos first; one that says something else is not handed out.'
            : 'Open photos to have each file tried on them before it is handed out.')}
      </Text>
      {MODEL_FORMATS.map((format) => (
        <div className={css['record']} key={format}>
          <div>
            <Text size="sm">{EXPORTS[format].label}</Text>
            <Text size="sm" c="dimmed">
              {EXPORTS[format].purpose}
            </Text>
            <Text size="xs" component="output" data-testid={`proof-${format}`}>
              {said[format]}
            </Text>
            {format === 'onnx' && <OnnxChoices chosen={onnx} choose={setOnnx} />}
          </div>
          {button(format, EXPORTS[format].fileName)}
        </div>
      ))}
      <div className={css['record']}>
        <Text size="sm" c="dimmed">
          All of these, with metrics, predictions and TensorBoard’s event files.
        </Text>
        {button('everything', 'Everything (.zip)')}
      </div>
    </Card>
  );
}
