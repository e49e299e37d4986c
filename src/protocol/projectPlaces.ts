/** Where a browser keeps projects, and the folders that their photos were opened from, which the page asks for leave to read. */

/** In the origin's own file system: a folder a project. */
export const PROJECTS_FOLDER = 'projects';
/** The store of the database with the photos' folders. */
export const HANDLES = 'handles';
/** The project that earlier versions kept alone. */
export const FORMER_PROJECT = 'project';

/** A project's place in it. */
export const handleKey = (id: string): string => (id === FORMER_PROJECT ? 'photos' : id);
