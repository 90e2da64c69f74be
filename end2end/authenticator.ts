// The app on the phone (RFC 6238: SHA-1, six digits, 30 seconds).

import { createHmac } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

const STEP_MS = 30_000;
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

export class Authenticator {
  readonly key: string;
  private readonly secret: Buffer;
  private lastStep = 0;

  /** `key` as the set-up page shows it. */
  constructor(key: string) {
    this.key = key.replaceAll(' ', '');
    const bits = [...this.key].map((letter) => BASE32.indexOf(letter).toString(2).padStart(5, '0')).join('');
    this.secret = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  }

  /** A code never given before. The server takes that of the next step too, so this seldom waits. */
  async nextCode(): Promise<string> {
    const now = () => Math.floor(Date.now() / STEP_MS);
    const step = Math.max(now(), this.lastStep + 1);
    if (step > now() + 1) await sleep((step - 1) * STEP_MS - Date.now());
    this.lastStep = step;
    return this.codeOf(step);
  }

  /** Whether there is a code that was never given and counts already. */
  isReady(): boolean {
    return this.lastStep <= Math.floor(Date.now() / STEP_MS);
  }

  /** The code of now, with another last digit. */
  wrongCode(): string {
    const code = this.codeOf(Math.floor(Date.now() / STEP_MS));
    return code.slice(0, 5) + ((Number(code[5]) + 1) % 10);
  }

  private codeOf(step: number): string {
    const counter = Buffer.alloc(8);
    counter.writeBigUInt64BE(BigInt(step));
    const mac = createHmac('sha1', this.secret).update(counter).digest();
    const value = mac.readUInt32BE(mac[19] & 0xf) & 0x7fff_ffff;
    return String(value % 1_000_000).padStart(6, '0');
  }
}
