// Addresses of the files pages. Pure.

import { type Place, placeQuery } from '#lib/api/place.ts';

export interface Here {
  name: string;
  place: Place;
  /** Whoever looks may change what runs. */
  mayEdit: boolean;
}

export function filesHref(name: string, place: Place): string {
  const query = placeQuery(place).toString();
  return `/sites/${name}/files${place.path || place.commit ? `?${query}` : ''}`;
}

/** A path that ends with a slash, or is empty, is a new file's folder. */
export function editHref(name: string, path: string): string {
  return `/sites/${name}/files/edit?${new URLSearchParams({ path })}`;
}

export function rawHref(name: string, place: Place): string {
  return `/api/sites/${name}/raw?${placeQuery(place)}`;
}

export function inFolder(folder: string, name: string): string {
  return folder ? `${folder}/${name}` : name;
}

/** Of a parameter that is given twice, the first. */
export function paramsOf(query: Record<string, string | string[] | undefined>): URLSearchParams {
  const pairs = Object.entries(query).flatMap(([key, value]) => {
    const first = Array.isArray(value) ? value[0] : value;
    return first === undefined ? [] : [[key, first]];
  });
  return new URLSearchParams(pairs);
}
