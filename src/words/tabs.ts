/** What is said where another tab of the browser has the project. */

/** `busy`: something goes on there. */
export function elsewhereSentence(busy: boolean): string {
  if (busy)
    return 'One tab at a time works on a project, so that nothing is written twice. When that tab is closed, this one offers to go on from what was saved last.';
  return 'One tab at a time works on a project, so that nothing is written twice. Close that tab, or use it here.';
}
