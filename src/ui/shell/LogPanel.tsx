/** The training's log as the notebooks print it, to be read and copied. */
import { Button, CopyButton, Title } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useId } from 'react';
import { type LoggedTraining, trainingLog } from '../../words/log';
import { ScrollRegion } from '../ScrollRegion';
import { useStudioState } from '../StudioContext';
import css from './shell.module.css';

/** Nothing before the first epoch has ended. */
export function LogPanel({ run }: Pick<LoggedTraining, 'run'>) {
  const id = useId();
  const result = useStudioState((s) => s[run]);
  if (!result || result.epochs.length === 0) return null;
  const { ended, seconds } = result;
  const text = trainingLog({ run, epochs: result.epochs.map(({ record }) => record), ended, seconds }).join('\n');
  return (
    <section className={`card ${css['log']}`} aria-labelledby={id} data-testid="log">
      <div className={css['logHead']}>
        <Title order={3} size="h6" id={id}>
          Log
        </Title>
        <CopyButton value={`${text}\n`}>
          {({ copied, copy }) => (
            <Button
              size="compact-xs"
              variant="default"
              leftSection={copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
              onClick={copy}
              data-testid="copy-log"
            >
              {copied ? 'Copied' : 'Copy'}
            </Button>
          )}
        </CopyButton>
      </div>
      <ScrollRegion className={css['logText'] ?? ''} label="Log of the training">
        <pre>{text}</pre>
      </ScrollRegion>
    </section>
  );
}
