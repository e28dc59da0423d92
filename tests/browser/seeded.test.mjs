// The pages that only a store in every state can show: many sightings, withdrawn fact-checks, ratings without a link.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, open } from './browser.mjs';
import { SEEDED } from './data.mjs';
import { asked, at, check, fits } from './matrix.mjs';

let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

if (SEEDED) {
  for (const name of ['long', 'unchecked', 'rated']) check(() => browser, name, at(SEEDED[name]));
  for (const name of ['known', 'maybe']) check(() => browser, name, asked(SEEDED[name]));
}

test('sightings go on, and back', { skip: !SEEDED && 'no seeded server' }, async () => {
  const page = await open(browser, { viewport: { width: 320, height: 800 }, locale: 'en' });
  await page.goto(SEEDED.long);
  await fits(page, 'first page');
  const first = await page.locator('.sightings ol > li').allTextContents();
  await page.getByRole('link', { name: 'Older sightings' }).click();
  await page.waitForURL(/after=/);
  const second = await page.locator('.sightings ol > li').allTextContents();
  assert.deepEqual([first.length, second.length], [25, 5]);
  assert.ok(second.every((one) => !first.includes(one)));
  await page.getByRole('link', { name: 'Back to the newest sightings' }).click();
  await page.waitForURL((url) => !url.search);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});
