// keyboard_mail.js ORIGIN TOKEN PASSWORD SMTP_PORT FOLDER: a mail admin's work without a mouse: records copied and checked again, keys
// changed, TLS, reports, the outgoing queue, a mail that is looked for. FOLDER/publish.json and FOLDER/published as in mail.js.
const { focused, handsOnly, keepsFocus, noPointer, palette, press, pressOn, signInByKeys, tabTo, type } = require("./hands");
const { api, enrol, folder, must, run, sendMail, step, until } = require("./kit");
const fs = require("fs");

async function published(records) {
  fs.rmSync(`${folder}/published`, { force: true });
  fs.writeFileSync(`${folder}/publish.part`, JSON.stringify(records));
  fs.renameSync(`${folder}/publish.part`, `${folder}/publish.json`);
  await until(() => fs.existsSync(`${folder}/published`), "DNS takes the records up");
}

async function copied(page, name) {
  await page.evaluate(() => navigator.clipboard.writeText(""));
  await pressOn(page, name);
  let text = "";
  await until(async () => { text = await page.evaluate(() => navigator.clipboard.readText()); return text !== ""; }, "something is copied");
  await keepsFocus(page, `behind ${name}`);
  return text;
}

async function wizard(page) {
  step("I8 M-07: to a domain, a record copied, published, checked again");
  await press(page, "g", "m");
  await page.getByRole("heading", { name: "Inboxes and domains" }).waitFor();
  await page.getByRole("link", { name: /^Set up/ }).waitFor();
  await pressOn(page, /^Set up/);
  await page.getByRole("heading", { name: "Receive mail" }).waitFor();
  await pressOn(page, /^\d?\s*Stop forgers/);
  await page.getByRole("article", { name: /^DMARC/ }).waitFor();
  const owner = await copied(page, /^Copy the full name of .*DMARC/);
  const value = await copied(page, /^Copy the value of .*DMARC/);
  must(owner === "_dmarc.desk.example" && value.startsWith("v=DMARC1"), `copied: ${owner} ${value}`);
  await published([{ type: "TXT", owner, value }]);
  await press(page, "c");
  await page.getByRole("article", { name: /^DMARC/ }).getByText("Changed since the last check").waitFor();
  await tabTo(page, /^Previous$/);
  await press(page, "Enter");
  await page.getByRole("heading", { name: "Be believed" }).waitFor();
}

async function keys(page) {
  step("I8: the signing keys are changed; the question is answered and refused by keys");
  const all = page.getByRole("list", { name: "Signing keys" }).getByRole("listitem");
  await until(async () => (await all.count()) === 2, "two keys");
  await pressOn(page, /^Begin a change$/);
  await page.getByRole("dialog", { name: "Make the next keys?" }).waitFor();
  await press(page, "Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  must(/Begin a change/.test(await focused(page)), `the focus is on "${await focused(page)}" after a question was refused`);
  await press(page, "Enter");
  await page.getByRole("dialog", { name: "Make the next keys?" }).waitFor();
  await press(page, "Enter");
  await until(async () => (await all.count()) === 4, "the next keys are made");
  await keepsFocus(page, "after the keys were changed");
  await pressOn(page, /^\d?\s*Encrypt the way/);
  await page.getByText("The policy is being tested").waitFor();
  await copied(page, /^Copy Served policy/);
}

async function queue(page) {
  step("I8: the queue: held back, released, tried, given up");
  await press(page, "g", "o");
  const row = page.getByRole("article", { name: "ada@sender.example" });
  await row.waitFor();
  await pressOn(page, /^Hold back/);
  await row.getByText("Somebody holds it back.").waitFor();
  await keepsFocus(page, "after a mail was held back");
  await pressOn(page, /^Release/);
  await row.getByRole("button", { name: /^Hold back/ }).waitFor();
  await keepsFocus(page, "after it was released");
  await pressOn(page, /^Try now/);
  await keepsFocus(page, "after it was tried");
  await pressOn(page, /^Give up/);
  await page.getByRole("dialog").getByRole("button", { name: "Give up" }).waitFor();
  await press(page, "Enter");
  await page.getByText("Everything has been delivered.").waitFor();
  await keepsFocus(page, "after the last mail of the queue was given up");
}

async function whereIsIt(page) {
  step("I8 Z-33: where is my mail: looked for, its way, back");
  await press(page, "g", "w");
  await page.getByLabel("Address, Message-ID, trace or ticket number").waitFor();
  await tabTo(page, /^\s*Address, Message-ID/);
  await type(page, "ada@sender.example");
  await press(page, "Enter");
  await page.getByRole("link", { name: /Where am I\?/ }).first().waitFor();
  await keepsFocus(page, "after something was looked for");
  await pressOn(page, /^Messages/);
  await page.getByText("lost-1@sender.example").waitFor();
  await pressOn(page, /^Show its way/);
  await page.getByRole("heading", { name: /^Way of / }).waitFor();
  await pressOn(page, /^Open ticket #/);
  await page.getByRole("heading", { name: "Where am I?" }).first().waitFor();
}

async function reports(page) {
  step("I8: reports: tabs by arrows, the time, the numbers as a table");
  await palette(page, "Reports");
  await page.getByRole("heading", { name: "Reports of others" }).waitFor();
  await tabTo(page, /^Mail in your name/);
  await press(page, "ArrowRight");
  await page.getByRole("tab", { name: "Encryption", selected: true }).waitFor();
  must(/Encryption/.test(await focused(page)), "an arrow does not take the focus to the next tab");
  await press(page, "ArrowRight");
  await page.getByText("No report has come yet.").waitFor();
  await press(page, "Home");
  await page.getByRole("tab", { name: "Mail in your name", selected: true }).waitFor();
}

run(async (browser) => {
  const page = await handsOnly(browser);
  await enrol(page);
  await api(page, "PUT", "/api/v2/reply_hold", { reply_hold: { seconds: 0 } });
  await sendMail({ subject: "Where am I?", text: "Hello.", messageId: "<lost-1@sender.example>" });
  await until(async () => (await api(page, "GET", "/api/v2/tickets")).tickets.length === 1, "the mail");
  const [ticket] = (await api(page, "GET", "/api/v2/tickets")).tickets;
  await api(page, "PUT", `/api/v2/tickets/${ticket.id}`, { ticket: { comment: { body: "It is here.", public: true } } });
  await tabTo(page, /^Sign out/);
  await press(page, "Enter");
  await signInByKeys(page);
  await wizard(page);
  await keys(page);
  await queue(page);
  await whereIsIt(page);
  await reports(page);
  await noPointer(page);
});
