import { Title } from '@mantine/core';
import { type ReactNode, useId } from 'react';
import css from './stage.module.css';

interface Props {
  title: string;
  /** Beside the title. */
  action?: ReactNode;
  children: ReactNode;
  testId?: string;
}

/** A titled part of a stage's column. */
export function Card({ title, action, children, testId }: Props) {
  const id = useId();
  return (
    <section className={`card ${css['card']}`} aria-labelledby={id} data-testid={testId}>
      <div className={css['cardHead']}>
        <Title order={3} size="h6" id={id}>
          {title}
        </Title>
        {action}
      </div>
      {children}
    </section>
  );
}

export function Facts({ facts }: { facts: readonly { name: string; value: string }[] }) {
  return (
    <dl className={`${css['facts']} figures`}>
      {facts.map(({ name, value }) => (
        <FactRow key={name} name={name} value={value} />
      ))}
    </dl>
  );
}

export function FactRow({ name, value }: { name: string; value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}
