// What other people wrote runs nowhere, not even where the browser is told to ignore our policy.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ask, launch, open } from './browser.mjs';
import { PAYLOADS, SEEDED } from './data.mjs';

let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

const pwned = (page) => page.evaluate(() => window.pwned);
const strangers = (page) => page.locator('script, iframe, object, embed, base, style, img, [onload], [onerror]').count();

async function clean(page, what) {
  assert.equal(await pwned(page), undefined, what);
  assert.equal(await strangers(page), 0, what);
  assert.equal(page.mainFrame().childFrames().length, 0, what);
  const links = await page.locator('a').evaluateAll((all) => all.map((link) => link.protocol));
  assert.ok(links.every((protocol) => ['http:', 'https:'].includes(protocol)), what);
}

test('a rumour is shown, not run', async () => {
  const page = await open(browser, { bypassCSP: true });
  await page.goto('/');
  for (const payload of PAYLOADS) {
    await ask(page, payload);
    await clean(page, payload);
    assert.equal(await page.getByRole('textbox').inputValue(), payload.trim());
  }
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test('hostile claims, fact-checks and sightings are shown, not run', { skip: !SEEDED && 'no seeded server' }, async () => {
  assert.ok(SEEDED.hostile.length >= 60);
  const page = await open(browser, { bypassCSP: true });
  for (const path of SEEDED.hostile) {
    await page.goto(path);
    await page.locator('a').last().hover();
    await clean(page, path);
    assert.equal(await page.locator('.check').count(), 1, path);
    assert.equal(await page.locator('.sightings ol > li').count(), 1, path);
  }
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});
