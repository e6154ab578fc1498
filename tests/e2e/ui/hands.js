// What those browser tests have in common that use no pointer: keys, Tab to what is called so, and whether the focus can be seen.
const { owner, password, must, person, problems } = require("./kit");

const press = async (page, ...keys) => { for (const key of keys) await page.keyboard.press(key); };
const type = (page, text) => page.keyboard.type(text);
const focused = (page) => page.evaluate(() => { const at = document.activeElement; return at && at !== document.body ? `${at.getAttribute("aria-label") ?? ""} ${at.labels?.[0]?.textContent ?? ""} ${at.textContent ?? ""}`.trim().slice(0, 120) : ""; });

// With Tab to what is called so; each stop shows where it is.
async function tabTo(page, name) {
  for (let at = 0; at < 240; at += 1) {
    await page.keyboard.press("Tab");
    const seen = await page.evaluate(() => {
      const { activeElement: here } = document;
      if (!here || here === document.body) return true;
      const style = getComputedStyle(here);
      const around = here.closest(".focus-within\\:outline-2");
      return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || Boolean(around) || here.tagName === "IFRAME";
    });
    if (!seen) problems.push(`the focus cannot be seen on "${await focused(page)}"`);
    if (name.test(await focused(page))) return;
  }
  throw new Error(`Tab does not come to ${name}`);
}

// With Tab, then pressed.
async function pressOn(page, name, key = "Enter") {
  await tabTo(page, name);
  await page.keyboard.press(key);
}

// After something was done the focus is somewhere in the page, or the next Tab begins at its top.
async function keepsFocus(page, what) {
  const isThere = await page.waitForFunction(() => document.activeElement && document.activeElement !== document.body, undefined, { timeout: 5000 }).catch(() => null);
  must(isThere, `the focus is lost ${what}`);
}

async function palette(page, words) {
  await press(page, "Control+k");
  await type(page, words); // also before it is there
  await page.getByRole("dialog").getByRole("option", { name: words }).first().waitFor();
  await press(page, "Enter");
  await page.getByRole("dialog").waitFor({ state: "detached" });
}

async function signInByKeys(page, email = owner) {
  await page.getByLabel("E-mail").waitFor();
  if (!/E-mail/.test(await focused(page))) await tabTo(page, /^E-mail/);
  await type(page, email);
  await tabTo(page, /^Password/);
  await type(page, password);
  await press(page, "Enter");
  await page.getByRole("button", { name: "Sign out" }).waitFor();
}

// A browser whose page counts pointers; there must be none in the end.
async function handsOnly(browser) {
  const page = await person(browser);
  await page.addInitScript(() => { for (const name of ["pointerdown", "mousedown", "touchstart"]) addEventListener(name, (event) => { if (event.isTrusted) window.__pointers = (window.__pointers ?? 0) + 1; }, true); });
  return page;
}
const noPointer = async (page) => must(!(await page.evaluate(() => window.__pointers)), "a pointer was used");

module.exports = { press, type, focused, tabTo, pressOn, keepsFocus, palette, signInByKeys, handsOnly, noPointer };
