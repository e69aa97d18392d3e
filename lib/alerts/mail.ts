// E-mail over the operator's server.

import { createTransport, type Transporter } from 'nodemailer';
import type { Settings } from '../env.ts';
import type { Composed } from './compose.ts';

const ANSWER_MS_MAX = 8_000;

/** Sends to one address. Answers null when the server took it, else why not in one sentence. */
export type Mailer = (to: string, message: Composed, id: string) => Promise<string | null>;

/** A connection of its own for each message; null while no sender is set. */
export function createMailer({ smtpUrl, mailFrom, appUrl }: Settings): Mailer | null {
  if (mailFrom === null) return null;
  const transport: Transporter = createTransport(smtpUrl, {
    connectionTimeout: ANSWER_MS_MAX,
    greetingTimeout: ANSWER_MS_MAX,
    socketTimeout: ANSWER_MS_MAX,
    dnsTimeout: ANSWER_MS_MAX,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const { hostname } = new URL(appUrl);
  return async (to, { subject, text, html }, id) => {
    // The same at a repeated delivery, so that mail programs show one (RFC 5322, 3.6.4).
    const messageId = `<${id}@${hostname}>`;
    const headers = { 'Auto-Submitted': 'auto-generated' };
    try {
      await transport.sendMail({
        from: mailFrom,
        to: { name: '', address: to },
        subject,
        text,
        html,
        messageId,
        headers,
      });
      return null;
    } catch (error) {
      return failure(error as NodeJS.ErrnoException & { responseCode?: number });
    }
  };
}

function failure({ code, responseCode, message }: NodeJS.ErrnoException & { responseCode?: number }): string {
  if (responseCode) return `The mail server answered ${responseCode}.`;
  if (message.includes('ECONNREFUSED')) return 'The mail server could not be reached: the connection was refused.';
  return `The mail server could not be reached: ${code ?? message}.`;
}
