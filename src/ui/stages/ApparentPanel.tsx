import { Text } from '@mantine/core';
import { useInViewport } from '@mantine/hooks';
import { useEffect, useState } from 'react';
import { apparentTable } from '../../client/apparent';
import { toErrorData } from '../../engine/base/errors';
import type { ApparentSizes } from '../../protocol/messages';
import { ApparentChart } from '../charts/ApparentChart';
import { DataTable } from '../charts/ChartFrame';
import { ScrollRegion } from '../ScrollRegion';
import { useStudio, useStudioState } from '../StudioContext';
import css from './stages.module.css';

const HEIGHT = 220;
/** Settings are typed digit by digit. */
const WAIT_MS = 300;

/** The paper's section 3.1 on these photos: asked for once it is seen, and again whenever the views change. */
export function ApparentPanel() {
  const studio = useStudio();
  const config = useStudioState((s) => s.config);
  const { ref, inViewport } = useInViewport<HTMLElement>();
  const [seen, setSeen] = useState(false);
  const [sizes, setSizes] = useState<ApparentSizes | null>(null);
  const [error, setError] = useState<string | null>(null);
  if (inViewport && !seen) setSeen(true);

  useEffect(() => {
    if (!seen) return undefined;
    let gone = false;
    const timer = setTimeout(() => {
      studio.apparentSizes({ config }).then(
        (found) => {
          if (gone) return;
          setSizes(found);
          setError(null);
        },
        (thrown: unknown) => !gone && setError(toErrorData(thrown).message),
      );
    }, WAIT_MS);
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [studio, seen, config]);

  return (
    <section ref={ref} aria-label="Apparent object size" data-testid="apparent">
      {sizes ? (
        <>
          <ApparentChart sizes={sizes} height={HEIGHT} />
          <ScrollRegion className={`card ${css['tableCard']} ${css['below']}`} label="Apparent size by test view">
            <DataTable table={apparentTable(sizes)} />
            <Text size="xs" c="dimmed" py={6}>
              FixRes, section 3.1: a random crop is enlarged to the train resolution, and what is in it with it; a test
              photo is not. Above 1, things look larger in testing. The formula is the paper's, for square photos.
            </Text>
          </ScrollRegion>
        </>
      ) : (
        <div className={`card ${css['result']}`} style={{ minHeight: HEIGHT }}>
          <Text size="sm" c="dimmed">
            {error ?? 'Reading the photos’ sizes …'}
          </Text>
        </div>
      )}
    </section>
  );
}
