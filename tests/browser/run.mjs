// node tests/browser/run.mjs BASE_URL [SUITE…]: the public pages of a running server, in a real Chromium.
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { readdirSync } from 'node:fs';

const [base, ...suites] = process.argv.slice(2);
if (!base) {
  console.error('usage: node tests/browser/run.mjs BASE_URL [SUITE…]   (npm ci --prefix tests/browser first)');
  process.exit(2);
}
process.env.KLARSTELLE_BASE = base.replace(/\/$/, '');
const here = new URL('.', import.meta.url).pathname;
const wanted = (name) => suites.length === 0 || suites.includes(name.replace('.test.mjs', ''));
const files = readdirSync(here).filter((name) => name.endsWith('.test.mjs') && wanted(name)).map((name) => here + name);
run({ files, concurrency: 2 })
  .on('test:fail', () => { process.exitCode = 1; })
  .compose(spec)
  .pipe(process.stdout);
