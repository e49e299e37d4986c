/** A photo in the grid as networks are given it, with the class maps over it: views at one scale. */
import type { MappedView } from '../../protocol/photos';
import { ClassMapLayer, largestOf } from '../stages/ClassMapLayer';
import { Pixels } from '../stages/Pixels';
import css from './room.module.css';

/** `zoom`: px of the page a px of a view. What they show, the cell says. */
export function CellMaps({ views, zoom }: { views: readonly MappedView[]; zoom: number }) {
  const most = Math.max(...views.map(({ map }) => largestOf(map)));
  return (
    <div className={css['cellMaps']} aria-hidden>
      {views.map(({ size, shown, rgba, map }, i) => (
        <div key={i} className={css['mapped']} style={{ width: size * zoom, height: size * zoom }}>
          <Pixels size={shown} rgba={rgba} label="" />
          <ClassMapLayer map={map} most={most} label="" />
        </div>
      ))}
    </div>
  );
}
