// A line to a server. What comes back was acknowledged; what does not come back is lost, and may have happened or not.

import { Agent as PlainAgent, request as plainRequest, type ClientRequest, type OutgoingHttpHeaders } from 'node:http';
import { Agent as TlsAgent, request as tlsRequest } from 'node:https';
import { Answer } from '../contract/api';

const PATIENCE_MS = 30_000;

/** No whole answer came. */
export class Lost extends Error {}

export interface Ends {
  /** The address to come from; default: the machine's choice. */
  from?: string;
  /** The certificate to believe. */
  ca?: Buffer;
  /** What is added to every request. */
  headers?: OutgoingHttpHeaders;
  /** Whether a connection serves more than one request. */
  isKept?: boolean;
  /** When to cut this request off: so many ms after it was sent whole, or half way where that is negative. */
  cut?: (method: string, path: string) => number | undefined;
  /** Whether an answer says that nobody knows what became of the act. */
  isVoid?: (status: number) => boolean;
  /** Is told the status of each answer. */
  hear?: (status: number, path: string) => void;
}

export class Line {
  private readonly agent: PlainAgent | TlsAgent;

  constructor(readonly origin: string, private readonly ends: Ends = {}) {
    const options = { keepAlive: ends.isKept ?? false, ca: ends.ca };
    this.agent = origin.startsWith('https') ? new TlsAgent(options) : new PlainAgent(options);
  }

  ask(method: string, path: string, headers: OutgoingHttpHeaders = {}, body = ''): Promise<Answer> {
    const { agent, ends } = this;
    const all: OutgoingHttpHeaders = { ...ends.headers, ...headers };
    if (method !== 'GET') all['content-length'] = Buffer.byteLength(body);
    const options = { method, headers: all, agent, localAddress: ends.from, family: 4, timeout: PATIENCE_MS };
    const request = this.origin.startsWith('https') ? tlsRequest : plainRequest;
    return new Promise((resolve, reject) => {
      const lose = (cause: unknown) => reject(new Lost(`${method} ${path}: ${cause}`));
      const asked = request(this.origin + path, options, (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part) => parts.push(part));
        response.on('aborted', () => lose('cut'));
        response.on('error', lose);
        response.on('end', () => {
          ends.hear?.(response.statusCode ?? 0, path);
          if (ends.isVoid?.(response.statusCode ?? 0)) return lose(response.statusCode);
          resolve(new Answer(response.statusCode ?? 0, response.headers, Buffer.concat(parts).toString()));
        });
      });
      asked.on('timeout', () => asked.destroy(new Error('no answer in time')));
      asked.on('error', lose);
      send(asked, body, ends.cut?.(method, path));
    });
  }

  close() {
    this.agent.destroy();
  }
}

function send(asked: ClientRequest, body: string, cutMs?: number) {
  if (cutMs === undefined) return asked.end(body);
  const cut = () => asked.destroy(new Error('cut off'));
  if (cutMs >= 0) return asked.end(body, () => setTimeout(cut, cutMs));
  return asked.write(body.slice(0, body.length / 2), () => setTimeout(cut, -cutMs));
}
