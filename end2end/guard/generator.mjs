// The load: a process of its own that speaks to sockets directly, so that it takes little of the machine and
// can say how much. Called with a job in JSON; prints in JSON what came of it.

import { connect } from 'node:net';

const PATIENCE_MS = 30_000;
const job = JSON.parse(process.argv[2]);
const started = performance.now();
const jobs = { flood, guess, look };
const came = await jobs[job.kind]();
const { user, system } = process.cpuUsage();
console.log(JSON.stringify({ ...came, seconds: (performance.now() - started) / 1000, cpuS: (user + system) / 1e6 }));
process.exit();

/** `logins` over `connections` that are all open at once, each from one of `sources` addresses. */
async function flood() {
  const counted = count();
  const lines = await Promise.all(Array.from({ length: job.connections }, (_, nth) => open(address(nth % job.sources))));
  let left = job.logins;
  await Promise.all(lines.map(async (line) => {
    while (left > 0) {
      left -= 1;
      await counted.ask(line, login());
    }
  }));
  return counted.told();
}

/** `clients` that try one password after the other until somebody closes our input. */
async function guess() {
  const counted = count();
  let isOver = false;
  process.stdin.on('end', () => { isOver = true; }).resume();
  await Promise.all(Array.from({ length: job.clients }, async (_, nth) => {
    const line = await open(address(nth));
    while (!isOver) await counted.ask(line, login());
  }));
  return counted.told();
}

/** One person who opens `requests` in turns, with a pause, until somebody closes our input. */
async function look() {
  const counts = job.requests.map(() => count());
  let isOver = false;
  process.stdin.on('end', () => { isOver = true; }).resume();
  const line = await open('127.0.0.1');
  while (!isOver) {
    for (const [nth, request] of job.requests.entries()) {
      await counts[nth].ask(line, request);
      await new Promise((resolve) => { setTimeout(resolve, job.pauseMs); });
    }
  }
  return { looks: counts.map((one) => one.told()) };
}

function count() {
  const [times, statuses] = [[], {}];
  const note = (status) => { statuses[status] = (statuses[status] ?? 0) + 1; };
  return {
    async ask(line, text) {
      const asked = performance.now();
      note(await line.ask(text).catch((cause) => cause.message));
      times.push(performance.now() - asked);
    },
    told: () => ({ statuses, ...percentiles(times) }),
  };
}

function percentiles(times) {
  const sorted = Float64Array.from(times).sort();
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  return { count: times.length, medianMs: at(0.5), p99Ms: at(0.99), mostMs: at(1) };
}

/** The nth of many addresses of this machine. */
function address(nth) {
  return `127.0.${1 + Math.floor(nth / 250)}.${1 + (nth % 250)}`;
}

function login() {
  const body = `username=${job.email ?? `nobody${Math.floor(Math.random() * 1e9)}%40example.org`}&password=no+lantern+at+this+gate`;
  return `POST /auth/jwt/login HTTP/1.1\r\nHost: 127.0.0.1:${job.port}\r\n`
    + `Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

/** A connection that asks one thing after the other. */
function open(from) {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port: job.port, localAddress: from, noDelay: true });
    let [heard, answer, timer] = ['', undefined, undefined];
    const end = (error, status) => {
      clearTimeout(timer);
      const waiting = answer;
      [heard, answer] = ['', undefined];
      if (waiting) waiting(error, status);
    };
    socket.setEncoding('latin1');
    socket.on('connect', () => resolve({
      ask: (text) => new Promise((done, fail) => {
        answer = (error, status) => (error ? fail(error) : done(status));
        timer = setTimeout(() => end(new Error('no answer in time')), PATIENCE_MS);
        if (socket.destroyed) end(new Error('closed'));
        else socket.write(text);
      }),
    }));
    socket.on('data', (text) => {
      heard += text;
      const head = heard.indexOf('\r\n\r\n');
      if (head < 0) return;
      const length = Number(/content-length: (\d+)/i.exec(heard.slice(0, head))?.[1] ?? 0);
      const status = heard.slice(9, 12);
      const isBusy = (status === '503' || status === '429') && !/retry-after: \d/i.test(heard.slice(0, head));
      if (heard.length >= head + 4 + length) end(undefined, isBusy ? `${status} without Retry-After` : status);
    });
    socket.on('error', (error) => { reject(error); end(error); });
    socket.on('close', () => end(new Error('closed')));
  });
}
