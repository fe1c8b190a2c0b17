// The page is mended in one language at a time, however often Streamlit calls.

import assert from "node:assert/strict";
import { test } from "node:test";
import page from "../../src/mixtura/studio/page.mjs";

const observing = new Set();
globalThis.MutationObserver = class {
  observe() {
    observing.add(this);
  }
  disconnect() {
    observing.delete(this);
  }
};
const listening = new Set();
globalThis.window = globalThis;
globalThis.document = {
  documentElement: {},
  body: {},
  fonts: {
    addEventListener: (_, listener) => listening.add(listener),
    removeEventListener: (_, listener) => listening.delete(listener),
  },
  querySelectorAll: () => [],
};
const texts = {};

test("a second language takes over from the first, which is left later", () => {
  const leaveFirst = page({ data: { language: "en", texts } });
  const leaveSecond = page({ data: { language: "zh-Hant", texts } });
  assert.equal(observing.size, 1);
  assert.equal(listening.size, 1);
  leaveFirst();
  assert.equal(observing.size, 1);
  assert.equal(document.documentElement.lang, "zh-Hant");
  leaveSecond();
  assert.equal(observing.size, 0);
  assert.equal(listening.size, 0);
});
