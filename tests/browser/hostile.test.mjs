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

// A file that somebody saved has no policy: so it is switched off here, too, and what the page itself would do is seen.
for (const bypassCSP of [false, true]) {
  test(`kept copies ask nobody and run nothing${bypassCSP ? ', without our policy' : ''}`, { skip: !SEEDED && 'no seeded server' }, async () => {
    assert.ok(SEEDED.copies.length >= 4);
    const page = await open(browser, { bypassCSP, extraHTTPHeaders: { authorization: `Bearer ${SEEDED.key}` } });
    for (const path of SEEDED.copies) {
      const asked = [];
      const count = (request) => asked.push(request.url());
      page.on('request', count);
      const response = await page.goto(path);
      assert.equal(response.status(), 200, path);
      assert.equal(await page.locator('header p').count(), 2, path);
      await page.locator('main').click();
      await page.keyboard.press('Tab');
      await page.waitForTimeout(300);
      page.off('request', count);
      assert.deepEqual(asked.map((url) => new URL(url).pathname), [path], path);
      assert.equal(await pwned(page), undefined, path);
      assert.equal(await strangers(page), 0, path);
      assert.equal(await page.locator('a[href], form, input, button, svg, math').count(), 0, path);
      assert.ok(page.url().endsWith(path), path);
    }
    // Of our own server Chromium itself asks for /favicon.ico, which no page names, where no policy forbids it.
    const complaints = page.complaints.filter((one) => !(bypassCSP && one.endsWith('404 (Not Found)')));
    assert.deepEqual(complaints, []);
    await page.context().close();
  });
}
