// One full round with a client whose types are generated from openapi.yaml: node .work/js/round.js BASE_URL KEY

import assert from "node:assert/strict";
import createClient from "openapi-fetch";
import type { components, paths } from "./.work/api.js";

type Answer = components["schemas"]["Answer"];
type NewFactCheck = components["schemas"]["NewFactCheck"];

const [baseUrl = "", key = ""] = process.argv.slice(2);
const stranger = createClient<paths>({ baseUrl });
const reviewer = createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${key}` } });

// Letters only: each round has a claim of its own, and digits would be compared as numbers.
const nonce = [...crypto.getRandomValues(new Uint8Array(12))].map((n) => String.fromCharCode(97 + (n % 26))).join("");
const text = `In ${nonce} wurde ein Impfstoff aus Brennnesseln zugelassen.`;

/** The data of an answer, which has to be there. */
function data<T>(answer: { data?: T; error?: unknown }): T {
  assert.ok(answer.data !== undefined, JSON.stringify(answer.error));
  return answer.data;
}

/** Asks until the index has followed; the answer has to satisfy a condition within ten seconds. */
async function lookUp(wanted: (answer: Answer) => boolean): Promise<Answer> {
  for (let tries = 0; tries < 100; tries++) {
    const answer = data(await stranger.POST("/v1/lookup", { body: { text, language: "de" } }));
    if (wanted(answer)) return answer;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("the lookup did not follow");
}

const claim = data(await reviewer.POST("/v1/claims", { body: { text, language: "de" } }));
assert.equal(claim.text, text);

const newCheck: NewFactCheck = {
  origin: "external",
  publisher: { name: "Faktenwerft", site: "faktenwerft.example" },
  url: `https://faktenwerft.example/pruefung/${nonce}`,
  title: "Nein, aus Brennnesseln wird kein Impfstoff",
  claim_reviewed: text,
  rating: { text: "Falsch", value: 1, worst: 1, best: 5 },
  language: "de",
};
const check = data(await reviewer.POST("/v1/fact-checks", { body: newCheck }));
assert.ok(check.origin === "external");
assert.equal(check.publisher.name, "Faktenwerft");

const path = { claim_id: claim.id };
const attachment = data(
  await reviewer.POST("/v1/claims/{claim_id}/attachments", { params: { path }, body: { fact_check_id: check.id } }),
);
assert.equal(attachment.state, "active");

const found = await lookUp((answer) => answer.checked);
assert.equal(found.outcome, "match");
assert.equal(found.candidates[0]?.claim.id, claim.id);
assert.equal(found.candidates[0]?.fact_checks[0]?.id, check.id);

const withdrawn = data(
  await reviewer.POST("/v1/attachments/{attachment_id}/withdraw", {
    params: { path: { attachment_id: attachment.id } },
    body: { reason: "Nur eine Probe." },
  }),
);
assert.equal(withdrawn.state, "withdrawn");
assert.equal((await lookUp((answer) => !answer.checked)).outcome, "match");

const refused = await stranger.POST("/v1/claims", { body: { text } });
assert.equal(refused.response.status, 401);
assert.equal(refused.error?.code, "key_required");

console.log("TypeScript: one full round");
