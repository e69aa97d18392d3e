// Reads SSH's wire format (RFC 4251, section 5) with every length checked. Refuses to guess: a short read throws.

export class WireReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get remaining(): number {
    return this.#bytes.length - this.#at;
  }

  /** A fixed number of bytes. Throws RangeError past the end. */
  bytes(length: number): Buffer {
    if (length > this.remaining) throw new RangeError('the data ends too early');
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  uint32(): number {
    return this.bytes(4).readUInt32BE(0);
  }

  byte(): number {
    return this.bytes(1).readUInt8(0);
  }

  /** A length-prefixed string, as bytes. */
  string(): Buffer {
    return this.bytes(this.uint32());
  }

  text(): string {
    return this.string().toString('latin1');
  }

  /** A positive multiple-precision integer without its leading zero byte. Throws for a negative or padded one. */
  positiveInteger(): Buffer {
    const bytes = this.string();
    const [first = 0, second = 0] = bytes;
    if (bytes.length === 0 || first >= 0x80) throw new RangeError('the number is not positive');
    if (first !== 0) return bytes;
    if (second < 0x80) throw new RangeError('the number is padded');
    return bytes.subarray(1);
  }
}
