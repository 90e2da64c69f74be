// A browser without a screen: it keeps cookies and sends the forms of the pages as their scripts do.

import type { Answer } from '../contract/api';
import type { Line } from './line';

export class Browser {
  private readonly cookies = new Map<string, string>();

  /** `publicOrigin` is what the server calls itself. */
  constructor(readonly line: Line, private readonly publicOrigin = line.origin) {}

  get(path: string): Promise<Answer> {
    return this.send('GET', path, { accept: 'text/html' });
  }

  /** The form of `/fn/NAME`. */
  post(name: string, fields: Record<string, string> = {}): Promise<Answer> {
    const headers = {
      accept: 'application/json',
      origin: this.publicOrigin,
      'content-type': 'application/x-www-form-urlencoded',
    };
    return this.send('POST', `/fn/${name}`, headers, new URLSearchParams(fields).toString());
  }

  /** Whether its session opens the dashboard. */
  async isSignedIn(): Promise<boolean> {
    // A copy asks: this one goes on holding its cookie, so that it can be tried again.
    const { status, headers } = await this.copy().get('/dashboard');
    if (status === 200) return true;
    if ([302, 303].includes(status) && headers.location?.startsWith('/login')) return false;
    throw new Error(`/dashboard answered ${status}`);
  }

  /** A copy that goes its own way. */
  copy(line = this.line): Browser {
    const other = new Browser(line, this.publicOrigin);
    for (const [name, value] of this.cookies) other.cookies.set(name, value);
    return other;
  }

  /** The same device, signed out. */
  signedOut(): Browser {
    const other = this.copy();
    other.cookies.delete('__Host-session');
    return other;
  }

  get session(): string | undefined {
    return this.cookies.get('__Host-session');
  }

  private async send(method: string, path: string, headers: Record<string, string>, body?: string): Promise<Answer> {
    const jar = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await this.line.ask(method, path, jar ? { ...headers, cookie: jar } : headers, body);
    for (const line of answer.headers['set-cookie'] ?? []) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value) this.cookies.set(name, value);
      else if (name) this.cookies.delete(name);
    }
    return answer;
  }
}
