// Bounds of reading a repository for a page.

export const COMMITS_MAX = 100;
export const ENTRIES_MAX = 1_000;
export const TEXT_BYTES_MAX = 256 * 1024;
export const DEPTH_MAX = 64;
