/** Folders that projects' photos were opened from, in the browser's database: the page asks for leave to read them. */

/** The store of the database. */
export const HANDLES = 'handles';
/** The project that earlier versions kept alone. */
export const FORMER_PROJECT = 'project';

/** A project's place in it. */
export const handleKey = (id: string): string => (id === FORMER_PROJECT ? 'photos' : id);
