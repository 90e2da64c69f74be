// A mail server that keeps what it is given.

import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { SMTPServer } from 'smtp-server';
import { textOf } from './contract/mail';
import { freePort } from './server';

const PATIENCE_MS = 10_000;

export class Mailbox {
  /** Address and decoded text of each mail, oldest first. */
  private readonly mails: { to: string; text: string }[] = [];

  private constructor(private readonly server: SMTPServer, private readonly port: number) {}

  static async start(): Promise<Mailbox> {
    const port = await freePort();
    const server = new SMTPServer({
      disabledCommands: ['AUTH', 'STARTTLS'],
      onData: (stream, session, done) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          const text = textOf(Buffer.concat(chunks).toString('utf8'));
          for (const { address } of session.envelope.rcptTo) mailbox.mails.push({ to: address, text });
          done();
        });
      },
    });
    const mailbox = new Mailbox(server, port);
    server.listen(port, '127.0.0.1');
    await once(server.server, 'listening');
    return mailbox;
  }

  /** What a server needs to write here. */
  get settings(): Record<string, string> {
    return { SEKISHO_SMTP_URL: `smtp://127.0.0.1:${this.port}`, SEKISHO_MAIL_FROM: 'Sekisho <login@example.org>' };
  }

  /** The texts of the mails to `email`, once there are `count`. */
  async to(email: string, count = 1): Promise<string[]> {
    for (const deadline = Date.now() + PATIENCE_MS; ; await sleep(10)) {
      const texts = this.mails.filter(({ to }) => to === email).map(({ text }) => text);
      if (texts.length >= count) return texts;
      if (Date.now() > deadline) throw new Error(`${texts.length} of ${count} mails came.`);
    }
  }

  /** The newest of the links to `page` that came to `email`, once there are `count`. */
  async link(email: string, page: string, count = 1): Promise<string> {
    for (const deadline = Date.now() + PATIENCE_MS; ; await sleep(10)) {
      const texts = this.mails.filter(({ to }) => to === email).map(({ text }) => text);
      const links = texts.flatMap((text) => new RegExp(`http\\S+/${page}\\?token=\\S+`).exec(text) ?? []);
      if (links.length >= count) return links[links.length - 1];
      if (Date.now() > deadline) throw new Error(`${links.length} of ${count} links to ${page} came.`);
    }
  }

  async stop() {
    await new Promise<void>((resolve) => { this.server.close(() => resolve()); });
  }
}
