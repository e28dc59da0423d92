// The pages that every server has.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, open } from './browser.mjs';
import { CHECKED, UNKNOWN } from './data.mjs';
import { asked, at, check, fits, shoot } from './matrix.mjs';

let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

const claim = async (page, lang) => {
  await asked(CHECKED)(page, lang);
  const path = new URL(await page.locator('.more a').first().getAttribute('href'), page.url()).pathname;
  return at(path)(page, lang);
};

const PAGES = {
  home: at('/'),
  empty: asked('  '),
  checked: asked(CHECKED),
  nothing: asked(UNKNOWN),
  claim,
  missing: at('/claims/0198f000-0000-7000-8000-000000000000', 404),
  nowhere: at('/nowhere', 404),
};
for (const [name, visit] of Object.entries(PAGES)) check(() => browser, name, visit);

for (const width of [320, 390, 768]) {
  test(`nothing is cut off at ${width} pixels`, async () => {
    const page = await open(browser, { viewport: { width, height: 800 } });
    for (const name of ['home', 'checked', 'claim']) {
      for (const lang of ['de', 'ar']) {
        await PAGES[name](page, lang);
        await fits(page, `${name} ${lang}`);
        if (width === 390) await shoot(page, `${name}-${lang}-${width}`);
      }
    }
    await page.context().close();
  });
}

test('text at twice its size still fits', async () => {
  const page = await open(browser, { viewport: { width: 640, height: 800 } });
  for (const name of ['home', 'checked', 'claim']) {
    await PAGES[name](page, 'de');
    await page.evaluate(() => { document.documentElement.style.fontSize = '212.5%'; });
    await fits(page, name);
  }
  await page.context().close();
});

test('printed, an answer keeps its verdict and shows where to read on', async () => {
  const page = await open(browser);
  await PAGES.checked(page, 'de');
  await page.emulateMedia({ media: 'print' });
  assert.equal(await page.locator('.languages').isVisible(), false);
  assert.ok(await page.locator('.check .verdict').first().isVisible());
  await shoot(page, 'checked-de-print');
  await page.context().close();
});

test('the style sheet may be kept for ever, under a name that changes with it', async () => {
  const page = await open(browser);
  await page.goto('/');
  const href = await page.locator('link[rel=stylesheet]').getAttribute('href');
  assert.match(href, /^\/assets\/klarstelle-[0-9a-f]{12}\.css$/);
  const response = await page.request.get(href);
  assert.equal(response.headers()['cache-control'], 'public, max-age=31536000, immutable');
  assert.equal(response.headers()['content-type'], 'text/css; charset=utf-8');
  await page.context().close();
});
