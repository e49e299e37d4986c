/** Accuracies of train and test resolutions as coloured tables, as trained and fine-tuned. */
import { Title } from '@mantine/core';
import type { CSSProperties } from 'react';
import { sizeGrids, type SizePair } from '../../client/trainTest';
import { keepUnits } from '../../words/format';
import { ScrollRegion } from '../ScrollRegion';
import css from './sizeGrids.module.css';

export function SizeGrids({ pairs }: { pairs: readonly SizePair[] }) {
  return (
    <ScrollRegion className={`card ${css['grids']}`} label="Accuracy by train and test resolution">
      {sizeGrids(pairs).map(({ name, testSizes, lines }) => (
        <section key={name} aria-labelledby={`grid-${name.replace(' ', '-')}`}>
          <Title order={3} size="h6" mb={4} id={`grid-${name.replace(' ', '-')}`}>
            {`Accuracy ${name}`}
          </Title>
          <table className={`${css['grid']} figures`}>
            <caption className="visually-hidden">Accuracy {name}, by train and test resolution</caption>
            <thead>
              <tr>
                <th scope="col">trained ↓ tested →</th>
                {testSizes.map((size) => (
                  <th key={size} scope="col">
                    {keepUnits(`${size} px`)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {lines.map(({ trainSize, cells }) => (
                <tr key={trainSize}>
                  <th scope="row">{keepUnits(`${trainSize} px`)}</th>
                  {cells.map((cell, i) => (
                    <td
                      key={testSizes[i]}
                      data-best={cell?.best || undefined}
                      data-own={testSizes[i] === trainSize || undefined}
                      style={{ '--share': cell?.share ?? 0 } as CSSProperties}
                    >
                      {cell ? keepUnits(cell.text) : '–'}
                      {cell?.best && <span className={css['mark']}> best</span>}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      ))}
    </ScrollRegion>
  );
}
