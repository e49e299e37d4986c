/**
 * A step on the screen: a sentence that says what it comes to, one large picture, a column with the verdict, and tabs that
 * change the picture in place. Below 1000 px the same stands in one column.
 */
import { Button, NativeSelect, Tabs, Text } from '@mantine/core';
import { Fragment, type ReactNode, useDeferredValue, useEffect, useRef } from 'react';
import { STAGE_LABELS } from '../../client/stageStatus';
import type { StageId } from '../../client/state';
import { keepUnits } from '../../words/format';
import { ScrollRegion } from '../ScrollRegion';
import { useStudio, useStudioState } from '../StudioContext';
import { useNarrow } from '../useNarrow';
import css from './stage.module.css';

export interface StageTab {
  id: string;
  label: string;
  /** Drawn while the tab is chosen. */
  panel: ReactNode;
  /** In place of the stage's, where it is of this picture alone. */
  sentence?: string;
}

interface Props {
  stage: StageId;
  sentence: ReactNode;
  /** At least one. */
  tabs: readonly StageTab[];
  /** The first card of the column, which a phone shows above the picture. */
  verdict?: ReactNode;
  /** The cards below it. */
  children?: ReactNode;
}

export function StageFrame({ stage, sentence, tabs, verdict, children }: Props) {
  const studio = useStudio();
  const narrow = useNarrow();
  const wanted = useStudioState((s) => s.tabs[stage]);
  const chosen = tabs.find(({ id }) => id === wanted) ?? tabs[0]!;
  // The tab answers a click at once, as the path does.
  const drawn = useDeferredValue(chosen.id);
  const { id, panel } = tabs.find((tab) => tab.id === drawn) ?? chosen;
  // What was set in one does not go on in another.
  const picture = <Fragment key={id}>{panel}</Fragment>;
  const aside = Boolean(verdict) || Boolean(children);
  return (
    <StageSection stage={stage} sentence={chosen.sentence ?? sentence}>
      <Tabs
        value={chosen.id}
        onChange={(id) => id && studio.showTab(stage, id)}
        keepMounted={false}
        variant="pills"
        // The grid is laid out by the part within.
        style={{ display: 'contents' }}
      >
        <div className={css['body']} data-alone={!aside || undefined} data-plain={(aside && !verdict) || undefined}>
          {verdict && <div className={css['verdict']}>{verdict}</div>}
          {tabs.length > 1 && narrow && (
            <NativeSelect
              label="Show"
              className={css['tabs']}
              data={tabs.map(({ id, label }) => ({ value: id, label }))}
              value={chosen.id}
              onChange={(event) => studio.showTab(stage, event.currentTarget.value)}
              data-testid="tab-select"
            />
          )}
          {tabs.length > 1 ? (
            // One element on both sides of 1000 px: what is open in it stays open while a window is resized.
            <Tabs.Panel
              value={chosen.id}
              className={css['hero']}
              aria-busy={drawn !== chosen.id}
              data-testid="picture"
              {...(narrow && { role: undefined, 'aria-labelledby': undefined })}
            >
              {picture}
            </Tabs.Panel>
          ) : (
            <div className={css['hero']} aria-busy={drawn !== chosen.id} data-testid="picture">
              {picture}
            </div>
          )}
          {children && (
            <ScrollRegion className={css['cards'] ?? ''} label="More about this step">
              {children}
            </ScrollRegion>
          )}
          {tabs.length > 1 && !narrow && (
            <Tabs.List className={css['tabs']} aria-label="What is shown">
              {tabs.map(({ id, label }) => (
                <Tabs.Tab key={id} value={id} data-testid={`tab-${id}`}>
                  {label}
                </Tabs.Tab>
              ))}
            </Tabs.List>
          )}
        </div>
      </Tabs>
    </StageSection>
  );
}

/** No stage has been shown yet. */
let fresh = true;

/** The frame alone, for what fills it otherwise. */
export function StageSection({
  stage,
  sentence,
  children,
}: {
  stage: StageId;
  sentence: ReactNode;
  children: ReactNode;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  // What had the focus may have gone with the last stage: the reader goes on here. A page that has just been opened has
  // lost nothing: there the first stop is the skip link.
  useEffect(() => {
    if (!fresh && document.activeElement === document.body) heading.current?.focus({ preventScroll: true });
    fresh = false;
  }, []);
  return (
    <section className={css['stage']} aria-labelledby={`${stage}-title`} data-testid={`stage-${stage}`}>
      <h2 id={`${stage}-title`} ref={heading} tabIndex={-1} className="visually-hidden">
        {STAGE_LABELS[stage]}
      </h2>
      <Text component="div" className={css['sentence']} data-testid="sentence">
        {typeof sentence === 'string' ? keepUnits(sentence) : sentence}
      </Text>
      {children}
    </section>
  );
}

/** What will be here, and how to get it. */
export function EmptyStage({
  title,
  text,
  goTo,
  children,
}: {
  title: string;
  text: string;
  goTo?: StageId;
  children?: ReactNode;
}) {
  const studio = useStudio();
  return (
    <div className={`card ${css['empty']}`}>
      <Text fw={600} size="lg">
        {title}
      </Text>
      <Text c="dimmed" maw={520}>
        {text}
      </Text>
      {goTo && (
        <Button variant="default" onClick={() => studio.goTo(goTo)}>
          Go to {STAGE_LABELS[goTo]}
        </Button>
      )}
      {children}
    </div>
  );
}
