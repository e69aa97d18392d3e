// Where somebody goes who was led to the doors on his way: a page of ours, and nothing else.

const PLACE = /^\/(?:invitations|sites|new|account)(?:[/?][\w\-./%:=&?]{0,500})?$/;

/** Null: nowhere in particular. `//elsewhere` and other pages are passed over. */
export function parseNext(given: string | string[] | undefined): string | null {
  return typeof given === 'string' && PLACE.test(given) && !given.includes('..') ? given : null;
}
