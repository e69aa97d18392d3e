// Writes the two shapes of SSH's wire format (RFC 4251, section 5) that tests make keys and signatures of.

export function wireString(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

export function wireText(text: string): Buffer {
  return wireString(Buffer.from(text));
}
