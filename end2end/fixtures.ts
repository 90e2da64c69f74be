// What every test starts with: a server per worker, a visitor, and a watch over the browser.

import { expect, test as base } from '@playwright/test';
import { readFileSync } from 'node:fs';
import { startServer, type Server } from './server';
import { Visitor, type Words } from './visitor';

export interface Settings {
  language: string;
}

interface Tools {
  words: Words;
  visitor: Visitor;
  watch: void;
}

/** A path without a page; its own 404 is no error. */
export const MISSING = '/no-such-page';

export const test = base.extend<Settings & Tools, { server: Server }>({
  language: ['en', { option: true }],

  server: [async ({}, use) => {
    const server = await startServer();
    await use(server);
    await server.stop();
  }, { scope: 'worker' }],

  baseURL: async ({ server }, use) => use(server.url),

  words: async ({ language }, use) =>
    use(JSON.parse(readFileSync(new URL(`../locales/${language}.json`, import.meta.url), 'utf8'))),

  visitor: async ({ page, words, javaScriptEnabled }, use) => use(new Visitor(page, words, javaScriptEnabled !== false)),

  // No error on the console, a broken policy included, and no request to anybody else.
  watch: [async ({ page, server }, use) => {
    await page.addInitScript(tellWhenAwake);
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(`uncaught: ${error}`));
    page.on('console', (message) => {
      const { pathname } = new URL(message.location().url || server.url, server.url);
      const isRefusal = /^Failed to load resource.* status of (4\d\d|503)/.test(message.text())
        && (pathname.startsWith('/fn/') || pathname === MISSING || pathname === '/preferences');
      if (message.type() === 'error' && !isRefusal) complaints.push(`console: ${message.text()} (${pathname})`);
    });
    page.on('request', (request) => {
      if (new URL(request.url()).origin !== server.url) complaints.push(`request: ${request.url()}`);
    });
    await use();
    expect(complaints).toEqual([]);
  }, { auto: true }],
});

/** Runs in the page: the promise `awake` is kept once the WASM runs and has taken the page over. */
function tellWhenAwake() {
  const start = WebAssembly.instantiateStreaming;
  const awake = new Promise<void>((resolve) => {
    WebAssembly.instantiateStreaming = async (...module) => {
      const started = await start.apply(WebAssembly, module);
      setTimeout(resolve, 0);
      return started;
    };
  });
  Object.assign(window, { awake });
}

export { expect };
