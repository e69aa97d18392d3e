// What the few of a storm do who mean harm, each for a time that ends by itself.

/** The first is the one of 2013, word for word. */
export const ATTACKS: Record<string, string> = {
  'fills the disk with dates': 'while true; do date >> ~/1.bin; done',
  'fills the disk with zeros': 'while :; do dd if=/dev/zero of=/fill bs=1M; rm -f /fill; done',
  'forks without end': 'b(){ b|b& };b',
  'takes all the memory': "while :; do python3 -c 'x=bytearray(10<<30)'; done",
  'keeps eight cores busy': 'for i in 1 2 3 4 5 6 7 8; do while :; do :; done & done; wait',
};

/** Ends with the attack's own processes: whatever is left in the site is the tenant's, and stays within its limits. */
export function bounded(attack: string, seconds: number): string {
  return `timeout -k 1 ${seconds} bash -c '${attack.replaceAll("'", `'\\''`)}' >/dev/null 2>&1; kill -9 -1`;
}
