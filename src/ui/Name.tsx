import { nameParts } from '../client/classNames';

/** A name in one line: where there is no room for all of it, both ends stay. */
export function Name({ children }: { children: string }) {
  const [start, end] = nameParts(children);
  return (
    <span className="name">
      <span>{start}</span>
      {end && <span>{end}</span>}
    </span>
  );
}
