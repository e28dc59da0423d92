// Every page, light and dark, left to right and right to left: nothing that axe knows to be wrong, nothing in the console.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { after, before, test } from 'node:test';
import AxeBuilder from '@axe-core/playwright';
import { ask, launch, open } from './browser.mjs';
import { CHECKED, SEEDED, UNKNOWN } from './data.mjs';

const SHOTS = new URL('./screenshots/', import.meta.url).pathname;
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'];
const POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

// Of the axe matrix, the ones worth a look.
const SHOWN = new Set(['de-light', 'en-dark', 'ar-light']);
const shoot = (page, name) => page.screenshot({ path: `${SHOTS}${name}.png`, fullPage: true });

let browser;
before(async () => { browser = await launch(); mkdirSync(SHOTS, { recursive: true }); });
after(() => browser.close());

const at = (path, status = 200) => async (page, lang) => {
  const response = await page.goto(`${path}?lang=${lang}`);
  assert.equal(response.status(), status);
  return response;
};
const asked = (text) => async (page, lang) => {
  await page.goto(`/?lang=${lang}`);
  return ask(page, text);
};
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
  ...(SEEDED && {
    long: at(SEEDED.long),
    unchecked: at(SEEDED.unchecked),
    rated: at(SEEDED.rated),
    known: asked(SEEDED.known),
    maybe: asked(SEEDED.maybe),
  }),
};
// Chromium itself reports a failed document in the console.
const isOurs = (complaint) => !/Failed to load resource: the server responded with a status of 4\d\d/.test(complaint);

for (const [name, visit] of Object.entries(PAGES)) {
  for (const lang of ['de', 'en', 'ar']) {
    test(`${name} in ${lang}`, async () => {
      const page = await open(browser);
      const response = await visit(page, lang);
      assert.equal(response.headers()['content-security-policy'], POLICY);
      assert.equal(await page.locator('html').getAttribute('lang'), lang);
      for (const colorScheme of ['light', 'dark']) {
        await page.emulateMedia({ colorScheme });
        const { violations } = await new AxeBuilder({ page }).withTags(TAGS).analyze();
        assert.deepEqual(violations.map((one) => [one.id, one.nodes.map((node) => node.html)]), []);
        if (SHOWN.has(`${lang}-${colorScheme}`)) await shoot(page, `${name}-${lang}-${colorScheme}`);
      }
      assert.deepEqual(page.complaints.filter(isOurs), []);
      await page.context().close();
    });
  }
}

for (const width of [320, 390, 768]) {
  test(`nothing is cut off at ${width} pixels`, async () => {
    const page = await open(browser, { viewport: { width, height: 800 } });
    for (const name of ['home', 'checked', 'claim', ...(SEEDED ? ['long'] : [])]) {
      for (const lang of ['de', 'ar']) {
        await PAGES[name](page, lang);
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(overflow <= 0, `${name} ${lang}: ${overflow}`);
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
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(overflow <= 0, `${name}: ${overflow}`);
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
