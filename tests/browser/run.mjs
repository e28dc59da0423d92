// node tests/browser/run.mjs BASE_URL: the public pages of a running server, in a real Chromium.
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { readdirSync } from 'node:fs';

const base = process.argv[2]?.replace(/\/$/, '');
if (!base) {
  console.error('usage: node tests/browser/run.mjs BASE_URL   (npm ci in tests/browser first)');
  process.exit(2);
}
process.env.KLARSTELLE_BASE = base;
const here = new URL('.', import.meta.url).pathname;
const files = readdirSync(here).filter((name) => name.endsWith('.test.mjs')).map((name) => here + name);
run({ files, concurrency: 2 })
  .on('test:fail', () => { process.exitCode = 1; })
  .compose(spec)
  .pipe(process.stdout);
