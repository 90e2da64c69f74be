// A client that sees every byte: fetch adds headers of its own, follows redirects and knows fewer methods.

import { expect } from '@playwright/test';
import { Agent, request, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';
import type { Server } from '../server';

export type Said = [status: number, detail: unknown];
/** Kind of mistake, then its place from the outside in. */
export type Mistake = [type: string, ...loc: (string | number)[]];

const agent = new Agent({ keepAlive: true });
const USER = ['email', 'id', 'is_active', 'is_superuser', 'is_verified'];

export interface Sent {
  headers?: OutgoingHttpHeaders;
  body?: string | Buffer;
}

export class Answer {
  constructor(readonly status: number, readonly headers: IncomingHttpHeaders, readonly text: string) {}

  get json(): any {
    try {
      return JSON.parse(this.text);
    } catch {
      throw new Error(`no JSON in ${this.status}: ${this.text.slice(0, 200)}`);
    }
  }

  /** Status and `detail`. */
  get said(): Said {
    return [this.status, this.json.detail];
  }

  /** What a 422 complains of. */
  get mistakes(): Mistake[] {
    expect(this.status, this.text).toBe(422);
    expect(Object.keys(this.json)).toEqual(['detail']);
    return this.json.detail.map((one: any) => {
      const { type, loc, msg, ctx, ...rest } = one;
      expect(rest, 'nothing but type, loc, msg and ctx').toEqual({});
      expect(typeof msg).toBe('string');
      expect(['undefined', 'object']).toContain(typeof ctx);
      return [type, ...loc];
    });
  }

  /** The account it tells of, in exactly five fields. */
  user(status = 200): any {
    expect(this.status, this.text).toBe(status);
    expect(Object.keys(this.json).sort()).toEqual(USER);
    expect(this.json.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    return this.json;
  }
}

export class Api {
  constructor(readonly server: Server, readonly token?: string) {}

  with(token?: string): Api {
    return new Api(this.server, token);
  }

  get(path: string, sent?: Sent): Promise<Answer> {
    return this.send('GET', path, sent);
  }

  delete(path: string): Promise<Answer> {
    return this.send('DELETE', path);
  }

  /** No `body`: an empty one. */
  post(path: string, body?: unknown): Promise<Answer> {
    return this.json('POST', path, body);
  }

  patch(path: string, body: unknown): Promise<Answer> {
    return this.json('PATCH', path, body);
  }

  json(method: string, path: string, body?: unknown): Promise<Answer> {
    return body === undefined ? this.send(method, path) : this.text(method, path, JSON.stringify(body));
  }

  /** `body` as it stands, said to be JSON. */
  text(method: string, path: string, body: string | Buffer, type = 'application/json'): Promise<Answer> {
    return this.send(method, path, { headers: { 'content-type': type }, body });
  }

  form(path: string, fields: Record<string, string> | [string, string][]): Promise<Answer> {
    return this.text('POST', path, new URLSearchParams(fields).toString(), 'application/x-www-form-urlencoded');
  }

  multipart(path: string, fields: Record<string, string>): Promise<Answer> {
    const parts = Object.entries(fields).map(([name, value]) =>
      `--edge\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`);
    return this.text('POST', path, `${parts.join('')}--edge--\r\n`, 'multipart/form-data; boundary=edge');
  }

  async send(method: string, path: string, { headers = {}, body }: Sent = {}): Promise<Answer> {
    const all: OutgoingHttpHeaders = { ...headers };
    if (this.token && !all.authorization) all.authorization = `Bearer ${this.token}`;
    if (body !== undefined || !['GET', 'HEAD'].includes(method)) all['content-length'] = Buffer.byteLength(body ?? '');
    const answer = await exchange(this.server.url + path, method, all, body);
    isDressed(method, path, answer);
    await isDescribed(this.server.url, method, path, answer);
    return answer;
  }
}

function exchange(url: string, method: string, headers: OutgoingHttpHeaders, body?: string | Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, headers, agent }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part) => parts.push(part));
      response.on('error', reject);
      response.on('end', () =>
        resolve(new Answer(response.statusCode ?? 0, response.headers, Buffer.concat(parts).toString())));
    });
    asked.on('error', reject);
    asked.end(body);
  });
}

/** What every answer of the API has and has not, whatever was asked. Plain comparisons: it is asked thousands of times. */
function isDressed(method: string, path: string, { status, headers, text }: Answer) {
  if (!/^\/(auth|users)(\/|\?|$)/.test(path)) return;
  const isEmpty = method === 'HEAD' || status === 204 || status === 307;
  const wants = {
    'a fault of the server': status < 500,
    'a challenge, which makes browsers ask': !('www-authenticate' in headers),
    'a cookie': !('set-cookie' in headers),
    'no no-store': headers['cache-control'] === 'no-store',
    'no nosniff': headers['x-content-type-options'] === 'nosniff',
    'a hash': !text.includes('$argon2'),
    'a body': !isEmpty || text === '',
    'no JSON': isEmpty || /^application\/json(;|$)/.test(headers['content-type'] ?? ''),
    'no Allow': status !== 405 || Boolean(headers.allow),
  };
  const wrong = Object.entries(wants).filter(([, is]) => !is).map(([what]) => what);
  if (wrong.length) throw new Error(`${method} ${path} answered ${wrong.join(', ')}: ${status} ${text.slice(0, 200)}`);
}

/** What a server says of each route: the statuses it may answer. */
const descriptions = new Map<string, Promise<Record<string, Record<string, { responses: object }>>>>();

/** No answer that the description of the API does not know, save those that every path has. */
async function isDescribed(url: string, method: string, path: string, { status }: Answer) {
  if (!descriptions.has(url)) {
    descriptions.set(url, exchange(`${url}/openapi.json`, 'GET', {}).then(({ json }) => json.paths));
  }
  const paths = await descriptions.get(url);
  const [plain] = path.split('?');
  const template = paths?.[plain] ? plain : plain.replace(/^\/users\/[^/]+$/, '/users/{id}');
  const operation = paths?.[template]?.[method.toLowerCase()];
  if (operation && ![307, 405].includes(status) && !(status in operation.responses)) {
    throw new Error(`${method} ${template} answered ${status}, which /openapi.json does not know.`);
  }
}
