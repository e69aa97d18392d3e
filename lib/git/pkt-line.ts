// Git's framing (gitprotocol-common, "pkt-line"; gitprotocol-pack, "side-band"): four hex digits of length, then the
// payload. Splits what arrives and frames what we say; knows nothing of what the lines mean.

import { AppError } from '../errors/app-error.ts';

export const FLUSH = Buffer.from('0000');

/** Band 1 carries data, 2 text for the user, 3 text that ends the conversation. */
export type Band = 1 | 2 | 3;

const HEADER_BYTES = 4;
const PKT_BYTES_MAX = 65_520;
const BAND_TEXT_BYTES_MAX = 65_500;

export interface Pkt {
  /** Null for a flush and the other packets without payload. */
  payload: Buffer | null;
  /** As it was on the wire. */
  raw: Buffer;
}

export function encodePkt(payload: Buffer | string): Buffer {
  const body = Buffer.from(payload);
  const header = (body.length + HEADER_BYTES).toString(16).padStart(4, '0');
  return Buffer.concat([Buffer.from(header), body]);
}

/** Frames a text of any length for a band. */
export function encodeBand(band: Band, text: Buffer | string): Buffer {
  const body = Buffer.from(text);
  const packets: Buffer[] = [];
  for (let at = 0; at < body.length; at += BAND_TEXT_BYTES_MAX) {
    packets.push(encodePkt(Buffer.concat([Buffer.from([band]), body.subarray(at, at + BAND_TEXT_BYTES_MAX)])));
  }
  return Buffer.concat(packets);
}

/** Cuts a byte stream into packets; holds back at most one unfinished packet and what was added since. */
export class PktSplitter {
  #held: Buffer = Buffer.alloc(0);

  add(chunk: Buffer): void {
    this.#held = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
  }

  /** The next whole packet, or null until more has come. Throws `bad-request` at a length that cannot be. */
  next(): Pkt | null {
    if (this.#held.length < HEADER_BYTES) return null;
    const header = this.#held.toString('latin1', 0, HEADER_BYTES);
    const length = /^[0-9a-fA-F]{4}$/.test(header) ? Number.parseInt(header, 16) : Number.NaN;
    if (Number.isNaN(length) || length === 3 || length > PKT_BYTES_MAX) throw malformed();
    if (length < HEADER_BYTES) return { payload: null, raw: this.#take(HEADER_BYTES) };
    if (this.#held.length < length) return null;
    const raw = this.#take(length);
    return { payload: raw.subarray(HEADER_BYTES), raw };
  }

  /** Takes what has been added and not been handed out. */
  takeRest(): Buffer {
    return this.#take(this.#held.length);
  }

  #take(bytes: number): Buffer {
    const taken = this.#held.subarray(0, bytes);
    this.#held = this.#held.subarray(bytes);
    return taken;
  }
}

function malformed(): AppError {
  return new AppError('bad-request', {
    message: 'The data is not in the form that git clients send.',
    hint: 'Use an ordinary git client, version 2.0 or newer.',
  });
}
