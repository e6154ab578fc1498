// keyboard_operate.js ORIGIN TOKEN PASSWORD SMTP_PORT FOLDER: an operator's work without a mouse: a redaction rule from idea to enforcement
// and back, a replay, spam, a blocked network, health, the audit log and its verification.
const { focused, handsOnly, keepsFocus, noPointer, palette, press, pressOn, signInByKeys, tabTo, type } = require("./hands");
const { api, enrol, must, run, sendMail, step, until } = require("./kit");

const rule = `[[rule]]\nid = "engine"\ndescription = "engine number"\npatterns = ['\\bengine number (?P<value>[0-9]{1,5})\\b']\nmode = "shadow"\nmatches = ["the engine number 12 stops"]\nignores = ["engine number"]\n`;
// As somebody pastes it: what is typed letter by letter is the same to the field.
const paste = (page, text) => page.keyboard.insertText(text);

async function writes(page) {
  step("I8 M-08: a rule is written with a mistake, mended, tried, put in force");
  await press(page, "g", "x");
  await page.getByRole("heading", { name: "Redaction", exact: true }).waitFor();
  await page.getByRole("cell", { name: /^card/ }).first().waitFor();
  await pressOn(page, /^Editor$/);
  await page.getByRole("textbox", { name: "Rule document" }).waitFor();
  await tabTo(page, /^Rule document/);
  await press(page, "Control+a");
  await paste(page, `${rule}colour = "red"\n`);
  await page.getByText("There is no key “colour”.").waitFor();
  await pressOn(page, /^Line 8$/);
  must(/Rule document/.test(await focused(page)), "a problem's button does not go to its line");
  await press(page, "Backspace");
  await press(page, "Control+Enter");
  await page.getByText("The document is right; all 2 samples hold.").waitFor();
  await tabTo(page, /^\s*Text/);
  await paste(page, "The engine number 4711 stops.");
  await pressOn(page, /^Try$/);
  await page.getByText("1 place was found.").waitFor();
  await keepsFocus(page, "after a text was tried");
  await press(page, "Control+s");
  const dialog = page.getByRole("dialog", { name: "Put this document in force?" });
  await dialog.getByRole("cell", { name: "added" }).waitFor();
  await pressOn(page, /^Put in force$/);
  await page.getByText("Version 1 is in force.").waitFor();
  await dialog.waitFor({ state: "detached" });
  await keepsFocus(page, "after a document was put in force");
}

async function watches(page) {
  step("I8 M-08: shadow counts of live mail, a replay with its picture");
  await sendMail({ subject: "One", text: "The engine number 17 stops." });
  await sendMail({ subject: "Two", text: "Nothing here." });
  await pressOn(page, /^Rules$/);
  await page.getByLabel("Find a rule").waitFor();
  await tabTo(page, /^\s*Find a rule/);
  await type(page, "engine");
  await page.getByRole("row", { name: /engine number/i }).getByText("50%").waitFor();
  await tabTo(page, /^Replays$/);
  await press(page, "Enter");
  await page.getByRole("button", { name: "Start", exact: true }).waitFor();
  await tabTo(page, /^\s*Rules\s.*Version 1/);
  await type(page, "Version 1");
  await pressOn(page, /^Start$/);
  await page.getByText("The replay has read everything it was asked to.").waitFor();
}

async function rollsOut(page) {
  step("I8 M-08: rolled out in one inbox, and rolled back");
  await palette(page, "Redaction");
  await page.getByRole("link", { name: "engine", exact: true }).first().waitFor();
  await pressOn(page, /^engine$/);
  await page.getByRole("button", { name: "Roll out…" }).waitFor();
  await pressOn(page, /^Roll out…/);
  const dialog = page.getByRole("dialog", { name: "Roll out engine" });
  await dialog.getByLabel("The rule is").waitFor();
  if (!/The rule is/.test(await focused(page))) await tabTo(page, /The rule is/);
  await type(page, "Enf");
  await tabTo(page, /Only in some inboxes/);
  await press(page, "Space");
  await dialog.getByLabel("support@desk.example").waitFor();
  await tabTo(page, /support@desk\.example/);
  await press(page, "Space");
  await pressOn(page, /^Roll out$/);
  await page.getByText("engine is rolled out as version 2.").waitFor();
  await dialog.waitFor({ state: "detached" });
  await keepsFocus(page, "after a rule was rolled out");
  await pressOn(page, /^Versions$/);
  await page.getByRole("button", { name: "Roll back to version 1" }).waitFor();
  await pressOn(page, /^Roll back to version 1/);
  await page.getByRole("dialog").getByRole("button", { name: "Roll back to 1" }).waitFor();
  await press(page, "Enter");
  await page.getByText("Version 1 is in force again.").waitFor();
  must((await api(page, "GET", "/api/v2/redaction_rule_sets")).active === 1, "the roll-back did not happen");
  await keepsFocus(page, "after a version was rolled back");
}

async function guards(page) {
  step("I8: spam, a network that is blocked and let in again");
  await palette(page, "Spam");
  await page.getByRole("heading", { name: /Spam/ }).first().waitFor();
  await palette(page, "Networks and blocks");
  await page.getByRole("form", { name: "Block" }).waitFor();
  await tabTo(page, /^\s*Network\s*\*?$/);
  await type(page, "198.51.100.0/24");
  await tabTo(page, /^\s*Reason\s*\*?$/);
  await type(page, "a flood");
  await press(page, "Enter");
  const end = page.getByRole("button", { name: "End the block of 198.51.100.0/24" });
  await end.waitFor();
  await keepsFocus(page, "after a network was blocked");
  await pressOn(page, /^End the block of 198/);
  await page.getByRole("dialog").waitFor();
  await press(page, "Enter");
  await page.getByText("No network is blocked.").waitFor();
  await keepsFocus(page, "after a block was ended");
}

async function looksBack(page) {
  step("I8: health, the audit log: entry by entry, filtered, verified");
  await press(page, "g", "l");
  await page.getByRole("img", { name: "Mail received by day" }).waitFor();
  await press(page, "g", "u");
  await page.locator("[data-entry]").nth(2).waitFor();
  await press(page, "j", "j", "o");
  await page.locator("[data-entry]").filter({ hasText: "Number in the chain" }).first().waitFor();
  await tabTo(page, /^Filters|^\s*Text/);
  await tabTo(page, /^\s*Action/);
  await type(page, "rules.*");
  await press(page, "Enter");
  await until(async () => (await page.locator("[data-entry]").count()) > 0 && (await page.locator("[data-entry]").allInnerTexts()).every((each) => /Redaction rules/.test(each)), "only what was done to rules");
  await keepsFocus(page, "after the log was filtered");
  await tabTo(page, /^Entries$/);
  await press(page, "ArrowRight");
  await page.getByRole("button", { name: "Verify now" }).waitFor();
  await pressOn(page, /^Verify now$/);
  await page.getByText("intact", { exact: true }).waitFor();
  await keepsFocus(page, "after the chain was verified");
}

run(async (browser) => {
  const page = await handsOnly(browser);
  await enrol(page);
  await tabTo(page, /^Sign out/);
  await press(page, "Enter");
  await signInByKeys(page);
  await writes(page);
  await watches(page);
  await rollsOut(page);
  await guards(page);
  await looksBack(page);
  await noPointer(page);
});
