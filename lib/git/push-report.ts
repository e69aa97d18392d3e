// What the pusher is told at the end (gitprotocol-pack, "Report Status"). Git's own words pass through; before its
// verdict we add one plain sentence about a failure, or the lines about branches that do not deploy.

import { Transform, type TransformCallback } from 'node:stream';
import type { AppError } from '../errors/app-error.ts';
import { encodeBand, encodePkt, FLUSH, type Pkt, PktSplitter } from './pkt-line.ts';
import type { PushCommands } from './push-commands.ts';

const TEXT_CHARACTERS_MAX = 8_192;

export interface ReportOptions {
  /** The stream begins with the list of refs, up to a flush, which is not ours to read. */
  afterRefs: boolean;
  notes: () => string[];
  /** A sentence for git's own words about a pack that it did not take; null when there is nothing to add. */
  explain: (text: string) => string | null;
}

/** Passes the answer of receive-pack on, byte for byte, with what we have to add before its report. */
export class ReportFilter extends Transform {
  readonly #options: ReportOptions;
  readonly #splitter = new PktSplitter();
  #inRefs: boolean;
  #reading = true;
  #text = '';
  /** The client has git's verdict. */
  reported = false;
  unpackFailed = false;

  constructor(options: ReportOptions) {
    super();
    this.#options = options;
    this.#inRefs = options.afterRefs;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#splitter.add(chunk);
    try {
      while (this.#reading) {
        const pkt = this.#splitter.next();
        if (!pkt) break;
        this.#pass(pkt);
      }
    } catch {
      // Not packets: then it is not ours to read, and goes on as it is.
      this.#reading = false;
    }
    if (!this.#reading) this.push(this.#splitter.takeRest());
    done();
  }

  override _flush(done: TransformCallback): void {
    done(null, this.#splitter.takeRest());
  }

  #pass(pkt: Pkt): void {
    const band = pkt.payload?.[0];
    if (this.#inRefs) {
      this.#inRefs = pkt.payload !== null;
    } else if (band === 2 && pkt.payload) {
      this.#text = (this.#text + pkt.payload.toString('utf8', 1)).slice(-TEXT_CHARACTERS_MAX);
    } else if (band === 1 && pkt.payload) {
      if (!this.reported) this.#addBefore(pkt.payload.toString('utf8', 1));
      this.reported = true;
    } else if (pkt.payload) {
      // A client without bands: the report is plain, and nothing can be added to it.
      this.#reading = false;
      this.reported = true;
    }
    this.push(pkt.raw);
  }

  #addBefore(report: string): void {
    const unpacked = report.includes('unpack ok');
    this.unpackFailed = !unpacked;
    const refused = /^[0-9a-f]{4}ng /m.test(report);
    const lines = unpacked
      ? refused
        ? []
        : this.#options.notes()
      : [this.#options.explain(`${this.#text}\n${report}`)];
    for (const line of lines) if (line) this.push(encodeBand(2, `${line}\n`));
  }
}

/** A whole answer that refuses every update of a push with the error's two sentences. */
export function renderRefusal(commands: PushCommands, error: AppError): Buffer {
  const sentences = `${error.message}\n${error.hint}\n`;
  const report = Buffer.concat([
    encodePkt('unpack ok\n'),
    ...commands.updates.map(({ ref }) => encodePkt(`ng ${ref} refused\n`)),
    FLUSH,
  ]);
  if (!hasBands(commands)) return commands.updates.length > 0 ? report : FLUSH;
  return Buffer.concat([encodeBand(2, sentences), encodeBand(1, report), FLUSH]);
}

/** The last words when there can be no report. */
export function renderAbort(error: AppError): Buffer {
  return Buffer.concat([encodeBand(3, `${error.message} ${error.hint}`.trim()), FLUSH]);
}

export function hasBands(commands: PushCommands): boolean {
  return commands.capabilities.has('side-band-64k');
}
