import { Alert, Button, Group, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { lazy, Suspense } from 'react';
import { whatIsSafe } from '../../client/progress';
import { remedyOf } from '../../client/remedy';
import { isToldInList } from '../../client/selectors';
import type { Failure } from '../../client/state';
import { useStudio, useStudioState } from '../StudioContext';
import css from './shell.module.css';

const WantedPhotos = lazy(() =>
  import('../projects/WantedPhotos').then((module) => ({ default: module.WantedPhotos })),
);

const TITLES: Record<Failure['during'], string> = {
  opening: 'The photos could not be opened',
  starting: 'The run could not begin',
  running: 'The run ended early',
  weights: 'The weights could not be opened',
  hub: 'The Hub could not give the weights',
  exporting: 'The file could not be made',
  trying: 'The photos could not be tried',
  checking: 'The photos could not be checked',
  mapping: 'The photos could not be compared',
  machine: 'The GPU is gone',
};

/** Above the stage; nothing where it is told beside what it is about. */
export function FailureAlert() {
  const elsewhere = useStudioState(isToldInList);
  return elsewhere ? null : <FailureNotice />;
}

/** What happened, what is safe, what to do. */
export function FailureNotice() {
  const studio = useStudio();
  const failure = useStudioState((s) => s.failure);
  const safe = useStudioState(whatIsSafe);
  const config = useStudioState((s) => s.config);
  const wanted = useStudioState((s) => s.wanted);
  if (!failure) return null;
  const { error, during, fatal } = failure;
  const remedy = remedyOf(error, config);
  const offered = safe !== null && (during === 'running' || during === 'machine');
  return (
    <Alert
      className={css['failure']}
      color="red"
      variant="light"
      icon={<IconAlertTriangle />}
      title={during === 'machine' && error.code === 'internal' ? 'The studio stopped working' : TITLES[during]}
      withCloseButton={!fatal}
      closeButtonLabel="Dismiss"
      onClose={() => studio.dismissFailure()}
      mb="sm"
      flex="none"
      role="alert"
      data-testid="error"
      data-code={error.code}
    >
      <Text size="sm">{error.message}</Text>
      {error.hint && <Text size="sm">{error.hint}</Text>}
      {offered && <Text size="sm">{safe}</Text>}
      {wanted && (
        <Suspense>
          <WantedPhotos wanted={wanted} />
        </Suspense>
      )}
      {(fatal || offered || remedy) && (
        <Group mt="xs" gap="xs">
          {fatal && (
            <Button size="compact-sm" color="red" onClick={() => window.location.reload()}>
              Reload the page
            </Button>
          )}
          {remedy && (
            <Button
              size="compact-sm"
              onClick={() => {
                studio.setConfig(remedy.patch);
                studio.dismissFailure();
              }}
              data-testid="remedy"
            >
              {remedy.label}
            </Button>
          )}
          {offered && (
            <Button size="compact-sm" variant="default" onClick={() => studio.goTo('takehome')}>
              Go to the weights
            </Button>
          )}
        </Group>
      )}
    </Alert>
  );
}
