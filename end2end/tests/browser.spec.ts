// What only a browser can show: other ports, stale pages, hashed files, the way back.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { expect, test } from '../fixtures';

test('another port of this host cannot act for somebody signed in here', async ({ page, context, visitor, server }) => {
  await visitor.join();
  const site = createServer((_, response) => {
    response.setHeader('content-type', 'text/html');
    response.end(`<form method="post" action="${server.url}/fn/logout"><button autofocus>Win</button></form>`);
  }).listen(0, '127.0.0.1');
  await once(site, 'listening');
  const evil = await context.newPage();
  await evil.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}/`);
  const [answer] = await Promise.all([evil.waitForResponse('**/fn/logout'), evil.getByRole('button').click()]);
  expect(answer.status()).toBe(403);
  expect((await answer.request().allHeaders())['cookie'], 'the browser sent our cookies along').toContain('__Host-session');
  site.close();
  await page.reload();
  await visitor.isAt('/dashboard');
});

test('after a logout the old cookie opens nothing, and the back button shows nothing', async ({ page, context, visitor }) => {
  await visitor.join();
  const before = await context.cookies();
  await visitor.logOut();
  expect((await context.cookies()).map(({ name }) => name)).not.toContain('__Host-session');
  await page.goBack();
  await visitor.isAt('/login');
  await expect(page.getByText(visitor.email)).toHaveCount(0);
  await context.addCookies(before);
  await page.goto('/dashboard');
  await visitor.isAt('/login');
});

test('files are kept for ever by the hash in their name, and only by that', async ({ page, request }) => {
  await page.goto('/login');
  const html = await (await request.get('/login')).text();
  const names = [...html.matchAll(/\/pkg\/[\w.-]+/g)].map(([name]) => name);
  for (const kind of ['.js', '.css', '.wasm']) expect(names.some((name) => name.endsWith(kind)), kind).toBe(true);
  for (const name of new Set(names)) {
    const answer = await request.get(name);
    expect(answer.status(), name).toBe(200);
    expect(answer.headers()['cache-control'], name).toBe('public, max-age=31536000, immutable');
    expect(name, 'it carries a hash').toMatch(/\.[\w-]{10,}\./);
    const older = await request.get(name.replace(/\.[\w-]{10,}\./, '.0ldHash0ldHash0ldHash.'));
    expect(older.status(), 'an older build is gone').toBe(404);
  }
});

test('a page from before an update loads itself anew, once', async ({ page, browser, server, javaScriptEnabled }) => {
  test.skip(javaScriptEnabled === false, 'without scripts nothing can be stale');
  const count = async (isGone: (loads: number) => boolean) => {
    const stale = await (await browser.newContext({ baseURL: server.url })).newPage();
    let loads = 0;
    await stale.route('**/pkg/*.js', (route) => (isGone(loads) ? route.fulfill({ status: 404 }) : route.continue()));
    stale.on('domcontentloaded', () => { loads += 1; });
    await stale.goto('/login');
    await stale.waitForTimeout(1500);
    const isUsable = await stale.locator('#password').isVisible();
    await stale.context().close();
    return { loads, isUsable };
  };
  await page.goto('/login');
  expect(await count((loads) => loads === 0)).toEqual({ loads: 2, isUsable: true });
  expect(await count(() => true)).toEqual({ loads: 2, isUsable: true });
});

test('the secret of a set-up stands in no address and goes to nobody', async ({ page, visitor, server }) => {
  const asked: string[] = [];
  page.on('request', (request) => asked.push(`${request.url()} ${request.headers()['referer'] ?? ''}`));
  await visitor.enrol();
  const key = visitor.phone!.key;
  expect(key).toHaveLength(32);
  expect(asked.filter((address) => !address.startsWith(`${server.url}/`))).toEqual([]);
  expect(asked.filter((address) => address.includes(key) || address.includes('otpauth'))).toEqual([]);
});

test('a busy server says so, and the address stays typed', async ({ page, visitor, words, javaScriptEnabled }) => {
  test.skip(javaScriptEnabled === false, 'the plain form is tested on the router');
  await page.goto('/login');
  await visitor.awake();
  await page.route('**/fn/login', (route) => route.fulfill({ status: 503, contentType: 'application/json', headers: { serverfnerror: 'true' }, body: '"Busy"' }));
  await page.locator('#email').fill(visitor.email);
  await page.locator('#password').fill(visitor.password);
  await page.getByRole('button', { name: words.login_action, exact: true }).click();
  await visitor.isRefused('p_busy');
  await expect(page.locator('#email')).toHaveValue(visitor.email);
});
