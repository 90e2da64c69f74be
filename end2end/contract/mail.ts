// The mails that a server without SMTP keeps in its data folder.

import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Server } from '../server';

const PATIENCE_MS = 5_000;

export interface Mail {
  text: string;
  /** Seconds since 1970: the mail is of no use any more. */
  expiresAt: number;
}

/** The mails to `email`, oldest first, once there are `count` of them. */
export function mailsTo(server: Server, email: string, count: number): Promise<Mail[]> {
  return patiently('mails', count, () => keptFor(server, email));
}

/** How many links to `page` came to `email` by now. */
export async function linksTo(server: Server, email: string, page: string): Promise<number> {
  return (await keptFor(server, email)).filter(({ text }) => text.includes(`/${page}?token=`)).length;
}

/** The token of the newest link to `page` that came to `email`, once there are `count` of them. */
export async function tokenIn(server: Server, email: string, page: string, count = 1): Promise<string> {
  const link = new RegExp(`${server.url}/${page}\\?token=(\\S+)`);
  const tokens = await patiently(`links to ${page}`, count, async () =>
    (await keptFor(server, email)).flatMap(({ text }) => link.exec(text)?.[1] ?? []));
  return tokens[tokens.length - 1];
}

/** A mail to `email` that says `words`. */
export async function mailSaying(server: Server, email: string, words: string): Promise<Mail> {
  const [mail] = await patiently(`mails that say "${words}"`, 1, async () =>
    (await keptFor(server, email)).filter(({ text }) => text.includes(words)));
  return mail;
}

async function patiently<T>(what: string, count: number, find: () => Promise<T[]>): Promise<T[]> {
  for (const deadline = Date.now() + PATIENCE_MS; ; await sleep(5)) {
    const found = await find();
    if (found.length >= count) return found;
    if (Date.now() > deadline) throw new Error(`${found.length} of ${count} ${what} came.`);
  }
}

async function keptFor(server: Server, email: string): Promise<Mail[]> {
  const folder = join(server.data, 'mail');
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.eml'));
  const all = await Promise.all(names.map(async (name) => {
    const file = join(folder, name);
    const [raw, { mtimeMs }] = await Promise.all([readFile(file, 'utf8'), stat(file)]);
    return { raw, text: textOf(raw), mtimeMs, expiresAt: Number(name.split('-')[0]) };
  }));
  const own = all.filter(({ raw }) => raw.includes(`\r\nTo: ${email}\r\n`));
  return own.sort((one, other) => one.mtimeMs - other.mtimeMs);
}

/** The text part of a mail, decoded. */
export function textOf(raw: string): string {
  const boundary = /boundary="([^"]+)"/.exec(raw)?.[1];
  const part = boundary && raw.split(`--${boundary}`).find((one) => /^Content-Type: text\/plain/im.test(one.split('\r\n\r\n')[0]));
  if (!part) throw new Error('The mail has no text part.');
  const at = part.indexOf('\r\n\r\n');
  return decoded(part.slice(0, at), part.slice(at + 4)).replaceAll('\r\n', '\n');
}

function decoded(head: string, body: string): string {
  if (/^Content-Transfer-Encoding: base64/im.test(head)) return Buffer.from(body, 'base64').toString('utf8');
  if (!/^Content-Transfer-Encoding: quoted-printable/im.test(head)) return body;
  const bytes = body.replaceAll('=\r\n', '').replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
