// A mail server that keeps what it is given.

import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { SMTPServer } from 'smtp-server';
import { textOf } from './contract/mail';
import { freePort } from './server';

const PATIENCE_MS = 10_000;

export class Mailbox {
  /** Each mail, oldest first; one that came twice stands here twice. */
  readonly mails: { id: string; to: string }[] = [];
  /** What came to each address, once each, oldest first. */
  private readonly texts = new Map<string, Set<string>>();

  private constructor(private readonly server: SMTPServer, private readonly port: number) {}

  static async start(): Promise<Mailbox> {
    const port = await freePort();
    const server = new SMTPServer({
      disabledCommands: ['AUTH', 'STARTTLS'],
      disableReverseLookup: true,
      onData: (stream, session, done) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          const raw = Buffer.concat(chunks).toString('utf8');
          const [text, id] = [textOf(raw), /^Message-ID: (\S+)/im.exec(raw)?.[1] ?? ''];
          for (const { address } of session.envelope.rcptTo) mailbox.keep(id, address, text);
          done();
        });
      },
    });
    const mailbox = new Mailbox(server, port);
    server.on('error', () => undefined); // a client that was killed says no goodbye
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
      const texts = [...this.texts.get(email) ?? []];
      if (texts.length >= count) return texts;
      if (Date.now() > deadline) throw new Error(`${texts.length} of ${count} mails came.`);
    }
  }

  /** The newest of the links to `page` that came to `email`, once there are `count`. */
  async link(email: string, page: string, count = 1): Promise<string> {
    for (const deadline = Date.now() + PATIENCE_MS; ; await sleep(10)) {
      const links = this.links(email, page);
      if (links.length >= count) return links[links.length - 1];
      if (Date.now() > deadline) throw new Error(`${links.length} of ${count} links to ${page} came.`);
    }
  }

  /** The links to `page` that came to `email`, oldest first. */
  links(email: string, page: string): string[] {
    const texts = [...this.texts.get(email) ?? []];
    return texts.flatMap((text) => new RegExp(`http\\S+/${page}\\?token=\\S+`).exec(text) ?? []);
  }

  private keep(id: string, to: string, text: string) {
    this.mails.push({ id, to });
    this.texts.set(to, (this.texts.get(to) ?? new Set()).add(text));
  }

  async stop() {
    await new Promise<void>((resolve) => { this.server.close(() => resolve()); });
  }
}
