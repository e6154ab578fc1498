// Operators at work: a rule from idea to enforcement (written with mistakes, mended, tried, replayed, in shadow, rolled out by inbox,
// called wrong, compared, rolled back), somebody faster in between, then spam, health and jobs.
const { problems, step, person, enrol, go, must, api, sendMail, looks, inFrench, run, overflows } = require("./kit");

const rule = (id, word, mode = "shadow") => `[[rule]]\nid = "${id}"\ndescription = "${word} number"\npatterns = ['\\b${word} number (?P<value>[0-9]{1,5})\\b']\nmode = "${mode}"\nmatches = ["the ${word} number 12 stops"]\nignores = ["${word} number"]\n`;
const area = (page) => page.getByRole("textbox", { name: "Rule document" });

async function writeRule(page) {
  step("a document with mistakes");
  await go(page, "/operate/redaction/editor");
  await area(page).waitFor();
  await area(page).fill(`${rule("engine", "engine")}colour = "red"\n`);
  await page.getByText('There is no key “colour”.').waitFor();
  await page.getByRole("button", { name: "Line 8" }).click();
  must(await area(page).evaluate((field) => field.value.slice(field.selectionStart, field.selectionEnd)) === 'colour = "red"', "the line of the problem is not selected");
  await looks(page, "operate-editor");
  step("it survives a look elsewhere");
  await go(page, "/operate/redaction");
  await page.getByRole("cell", { name: /^card/ }).first().waitFor();
  await go(page, "/operate/redaction/editor");
  must((await area(page).inputValue()).includes("colour"), "what was typed is gone after a look elsewhere");
  step("mended, tried, published");
  await area(page).fill(rule("engine", "engine"));
  await page.keyboard.press("Control+Enter");
  await page.getByText("The document is right; all 2 samples hold.").waitFor();
  await page.getByLabel("Text", { exact: true }).fill("Zoë’s engine number 4711 stops, card 4111 1111 1111 1111.");
  await page.getByRole("button", { name: "Try" }).click();
  await page.getByText("2 places were found.").waitFor();
  must((await page.locator("mark").allInnerTexts()).includes("4711"), "the place of a finding behind an accent is wrong");
  await page.keyboard.press("Control+s");
  const dialog = page.getByRole("dialog", { name: "Put this document in force?" });
  await dialog.getByRole("cell", { name: "added" }).waitFor();
  await dialog.getByLabel("Note").fill("engines");
  await looks(page, "operate-publish");
  await dialog.getByRole("button", { name: "Put in force" }).click();
  await page.getByText("Version 1 is in force.").waitFor();
  await page.getByText("This is version 1, in force.").waitFor();
}

async function watchShadow(page) {
  step("shadow counts follow live mail");
  await go(page, "/operate/redaction?find=engine");
  const row = page.getByRole("row", { name: /engine number/i });
  await row.waitFor();
  await sendMail({ subject: "One", text: "The engine number 17 stops." });
  await sendMail({ subject: "Two", text: "Nothing here." });
  await row.getByText("50%").waitFor();
  await looks(page, "operate-rules");
  await inFrench(page, "operate-rules", () => page.getByText("En observation", { exact: true }).first().waitFor());
}

async function beSlower(page) {
  step("somebody is faster");
  await go(page, "/operate/redaction/editor");
  await area(page).waitFor();
  await area(page).fill(`${rule("engine", "engine")}\n${rule("wheel", "wheel")}`);
  await page.getByRole("button", { name: "Publish…" }).click();
  const dialog = page.getByRole("dialog", { name: "Put this document in force?" });
  await dialog.getByRole("cell", { name: "wheel", exact: true }).waitFor();
  await api(page, "POST", "/api/v2/redaction_rules/engine/rollout", { rollout: { mode: "off", note: "by another" } });
  await dialog.getByRole("button", { name: "Put in force" }).click();
  await dialog.getByText("Version 2 is in force now; your document was begun on version 1.").waitFor();
  await dialog.getByRole("cell", { name: "Mode" }).waitFor(); // what mine would undo
  await looks(page, "operate-conflict");
  await dialog.getByRole("button", { name: "Back to the text" }).click();
  await page.getByRole("alert").filter({ hasText: "Your text is kept" }).waitFor();
  must((await area(page).inputValue()).includes("wheel"), "the text is gone after a conflict");
  await page.getByRole("button", { name: "Publish…" }).click();
  await dialog.getByRole("button", { name: "Put in force" }).click();
  await dialog.getByRole("button", { name: "Replace version 2 with mine" }).click();
  await page.getByText("Version 3 is in force.").waitFor();
}

async function replay(page) {
  step("replay of a draft over stored mail");
  await go(page, "/operate/redaction/editor");
  await area(page).waitFor();
  await area(page).fill(rule("wheel", "wheel"));
  await page.getByText("The document is right; all 2 samples hold.").waitFor();
  await page.getByRole("link", { name: "Replay it over stored mail" }).click();
  must(await page.getByLabel("Rules", { exact: true }).inputValue() === "draft", "the draft is not what is replayed");
  await page.getByRole("button", { name: "Start" }).click();
  await page.getByText("The replay has read everything it was asked to.").waitFor();
  const picture = page.getByRole("figure", { name: /before and after/ });
  await picture.getByRole("link", { name: "engine" }).waitFor();
  must(/Before\s*50%/.test((await picture.innerText()).replace(/\n/g, " ")), `the rate before is wrong: ${await picture.innerText()}`);
  await looks(page, "operate-replay");
  await inFrench(page, "operate-replay", () => page.getByRole("figure").getByRole("link", { name: "engine" }).waitFor());
  await go(page, "/operate/redaction/replays");
  await page.getByRole("cell", { name: "done" }).waitFor();
  await looks(page, "operate-replays");
  step("M-08: two versions compared over stored mail, neither of them what is in force");
  await page.getByLabel("Rules", { exact: true }).selectOption("0");
  await page.getByLabel("Compared with", { exact: true }).selectOption("1");
  await page.getByRole("button", { name: "Start", exact: true }).click();
  await page.getByText("The replay has read everything it was asked to.").waitFor();
  await page.getByText("Before: Version 1. After: Shipped rules alone.", { exact: true }).waitFor();
  await go(page, "/operate/redaction/replays");
  await page.getByRole("row").filter({ has: page.getByRole("cell", { name: "Shipped rules alone", exact: true }) }).getByRole("cell", { name: "Version 1", exact: true }).waitFor();
}

async function rollOut(page) {
  step("rolled out in one inbox");
  await go(page, "/operate/redaction/rules/engine");
  await page.getByRole("button", { name: "Roll out…" }).click();
  const dialog = page.getByRole("dialog", { name: "Roll out engine" });
  await dialog.getByLabel("The rule is").selectOption("enforce");
  await dialog.getByLabel("Only in some inboxes").check();
  await dialog.getByRole("button", { name: "Roll out" }).click();
  await dialog.getByText("Choose at least one inbox.").waitFor();
  await dialog.getByLabel("support@desk.example").check();
  await looks(page, "operate-rollout");
  await dialog.getByRole("button", { name: "Roll out" }).click();
  await page.getByText("engine is rolled out as version 4.").waitFor();
  await page.getByText("in the other inboxes").waitFor();
  await sendMail({ subject: "Three", text: "The engine number 4242 stops." });
  await page.locator("dl > div", { hasText: /^Taken out of\s*1$/ }).waitFor();
  await looks(page, "operate-rule");
  await inFrench(page, "operate-rule", () => page.locator("canvas").first().waitFor());

  step("called wrong by an agent");
  const { tickets } = await api(page, "GET", "/api/v2/tickets");
  const ticket = tickets.find((each) => each.subject === "Three");
  const { comments } = await api(page, "GET", `/api/v2/tickets/${ticket.id}/comments`);
  must(!comments[0].body.includes("4242"), "the rule that was rolled out does not redact");
  await api(page, "POST", `/api/v2/tickets/${ticket.id}/comments/${comments[0].id}/redaction_feedback`, { redaction_feedback: { rule: "engine" } });
  await go(page, "/operate/redaction/marks");
  await page.getByRole("row", { name: /engine/ }).getByRole("link", { name: `#${ticket.id}` }).waitFor();
  await looks(page, "operate-marks");
}

async function rollBack(page) {
  step("versions side by side, one step back");
  await go(page, "/operate/redaction/versions");
  await page.getByRole("cell", { name: /4.*in force/ }).waitFor();
  await page.getByLabel("Before", { exact: true }).selectOption("1");
  await page.getByLabel("After", { exact: true }).selectOption("3");
  await page.getByRole("cell", { name: "wheel", exact: true }).waitFor();
  await page.getByRole("region", { name: "Documents side by side" }).getByText('id = "wheel"').waitFor();
  await looks(page, "operate-versions");
  await inFrench(page, "operate-versions", () => page.getByText('id = "wheel"').first().waitFor());
  await page.getByRole("button", { name: "Roll back to version 3" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Roll back to 3" }).click();
  await page.getByText("Version 3 is in force again.").waitFor();
  must((await api(page, "GET", "/api/v2/redaction_rule_sets")).active === 3, "the roll-back did not happen");
}

async function watchServer(page) {
  step("spam, health, jobs");
  await sendMail({ subject: "Invoice", text: "See it.", attachments: [{ filename: "invoice.pdf.exe", content: "MZ something" }] });
  await go(page, "/operate/spam");
  await page.getByText("BAD_ATTACHMENT").waitFor();
  await looks(page, "operate-spam");
  await go(page, "/operate/health");
  await page.getByRole("img", { name: "Mail received by day" }).locator("canvas").waitFor();
  await page.getByText("How quickly the server answered this browser").waitFor();
  await looks(page, "operate-health");
  await inFrench(page, "operate-health", () => page.locator("canvas").first().waitFor());
  const { tickets } = await api(page, "GET", "/api/v2/tickets");
  const ids = tickets.map((each) => each.id).slice(0, 2);
  await api(page, "PUT", `/api/v2/tickets/update_many?ids=${ids.join(",")}`, { ticket: { priority: "high" } });
  await go(page, "/operate/jobs");
  const job = page.getByRole("article", { name: "Change tickets" });
  await job.getByText("done").waitFor();
  await looks(page, "operate-jobs");
  await job.getByRole("button", { name: "Undo" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Undo" }).click();
  await page.getByRole("article", { name: "Undo a change" }).getByText("done").waitFor();
  must((await api(page, "GET", `/api/v2/tickets/${ids[0]}`)).ticket.priority === null, "the job was not undone");
  must(!(await overflows(page)), "jobs scroll sideways");
}

run(async (browser) => {
  const page = await person(browser);
  await enrol(page);
  await writeRule(page);
  await watchShadow(page);
  await beSlower(page);
  await replay(page);
  await rollOut(page);
  await rollBack(page);
  await watchServer(page);
});
