/** What the ONNX file is to be. */
import { NativeSelect } from '@mantine/core';
import { ONNX_CHOICES, type OnnxOptions } from '../../engine/exports/meta';
import css from './stage.module.css';

interface OnnxChoicesProps {
  chosen: OnnxOptions;
  choose: (options: OnnxOptions) => void;
}

export function OnnxChoices({ chosen, choose }: OnnxChoicesProps) {
  return (
    <details className={css['choices']}>
      <summary>What the ONNX file is to be</summary>
      {Object.entries(ONNX_CHOICES).map(([key, { label, options }]) => (
        <NativeSelect
          key={key}
          size="xs"
          label={label}
          data={Object.entries(options).map(([value, text]) => ({ value, label: text }))}
          value={chosen[key as keyof OnnxOptions]}
          onChange={(event) => choose({ ...chosen, [key]: event.currentTarget.value })}
          data-testid={`onnx-${key}`}
        />
      ))}
    </details>
  );
}
