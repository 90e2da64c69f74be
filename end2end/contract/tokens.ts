// Access tokens, read and forged.

import { createHmac, generateKeyPairSync, sign } from 'node:crypto';

export const headerOf = (token = '') => part(token, 0);
export const claimsOf = (token = '') => part(token, 1);

function part(token: string, number: number): any {
  return JSON.parse(Buffer.from(token.split('.')[number] ?? '', 'base64url').toString());
}

export const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Signed with a key of ours. */
export function signedByStranger(header: object, claims: object): string {
  const { privateKey } = generateKeyPairSync('ed25519');
  const text = `${encode(header)}.${encode(claims)}`;
  return `${text}.${sign(null, Buffer.from(text), privateKey).toString('base64url')}`;
}

/** Signed with a shared secret. */
export function signedByHmac(header: object, claims: object, secret: string | Buffer): string {
  const text = `${encode(header)}.${encode(claims)}`;
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
}
