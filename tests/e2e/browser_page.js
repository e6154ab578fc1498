// browser_page.js [FOLDER [TEST…]]: what the page does when answers come late, wrong or not at all, in a real browser before a
// desk in memory (browser_desk.js). Prints one JSON line {"problems": […], "passed": n}; pictures go to FOLDER.
const { chromium } = require("playwright-core");
const { Desk } = require("./browser_desk.js");

const folder = process.argv[2];
const LAUNCH = {
  executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
};

function check(isTrue, words) {
  if (!isTrue) throw new Error(words);
}

async function until(condition, words) {
  for (let i = 0; i < 1000; ++i) {
    if (await condition()) return;
    await new Promise((resolve) => { setTimeout(resolve, 20); });
  }
  throw new Error(`not in time: ${words}`);
}

// Until the page has done what an answer made it do, if it still listens: later answers have come through by then.
async function settle(page) {
  for (let i = 0; i < 3; ++i) await page.evaluate(async () => { await (await fetch("/ui/icon.svg")).text(); });
}

// Tells the page of a new ticket, and returns when the page has heard of it (it asks for the list again): a stream that is cut
// earlier takes the news with it. What was told is the position that the next stream must begin behind.
async function hears(desk, object) {
  await until(() => desk.streams.size === 1, "the stream");
  const before = asked(desk, "GET /api/v2/tickets?");
  desk.tell([{ kind: "ticket.created", object, detail: 0 }]);
  await until(() => asked(desk, "GET /api/v2/tickets?") > before, "the news");
  return desk.sequence;
}

const asked = (desk, prefix) => desk.asked.filter((each) => each.startsWith(prefix)).length;

const reply = (page) => page.getByRole("textbox", { name: "Text of the public reply" });

// Opens the composer for a public reply, if it is not open, and types.
async function types(page, text) {
  const opens = page.getByRole("button", { name: /^Public reply/ });
  await reply(page).or(opens).first().waitFor();
  if ((await reply(page).count()) === 0) await opens.click();
  await reply(page).click();
  await page.keyboard.press("Control+End");
  await page.keyboard.type(text);
}

const tests = {
  async aLateTicketIsNotShownUnderAnotherAddress({ desk, page, go }) {
    const gate = desk.hold("GET /api/v2/tickets/1/comments");
    await go("#/tickets/1");
    await gate.arrived;
    await go("#/tickets/2");
    await page.getByRole("heading", { name: "Second" }).waitFor();
    gate.release();
    await settle(page);
    check(await page.getByRole("heading", { name: "Second" }).isVisible(), "ticket 2 is gone");
    check(!(await page.content()).includes("text of First"), "ticket 1 under the address of ticket 2");
    check((await page.title()).includes("Second"), "title");
  },

  async aLateTicketIsNotShownAfterSigningOut({ desk, page, go }) {
    desk.tickets.get("1").comments[0].author_id = 11;  // not known from the list
    const gate = desk.hold("GET /api/v2/users/show_many?ids=11");
    await go("#/tickets/1");
    await gate.arrived;
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByLabel("E-mail").waitFor();
    gate.release();
    await settle(page);
    check(await page.getByLabel("E-mail").isVisible(), "the form to sign in is gone");
    check(!(await page.content()).includes("text of First"), "a ticket after signing out");
  },

  async whatIsSelectedIsRemovedForGoodAfterAQuestion({ desk, page, go }) {
    const { comments } = desk.tickets.get("1");
    comments[0].attachments = [{ id: 5, file_name: "passport.png", content_type: "image/png", size: 3, content_url: "/x", replaced: false }];
    comments.push({ ...comments[0], id: 101, body: "> text of First", attachments: [] });
    await go("#/tickets/1");
    const first = page.locator('article[data-id="100"]');
    const remove = first.getByRole("button", { name: "Redact the selected text" });
    await first.waitFor();
    check(await remove.count() === 0, "offered without a selection");
    await first.locator("[data-text]").evaluate((node) => {
      const range = document.createRange();
      range.setStart(node.firstChild, 8);
      range.setEnd(node.firstChild, 13);
      getSelection().removeAllRanges();
      getSelection().addRange(range);
    });
    await remove.click();
    check(await page.getByLabel("Words to remove").inputValue() === "First", "what was selected is not asked about");
    await page.getByRole("button", { name: "Next", exact: true }).click();
    const question = page.getByRole("dialog", { name: "Remove \u201cFirst\u201d for good?" });
    await question.getByText("cannot be undone").waitFor();
    await question.getByRole("button", { name: "Cancel" }).click();
    await settle(page);
    check(asked(desk, "PUT ") === 0, "removed without a yes");
    await first.getByRole("button", { name: "What can be done with the message" }).click();
    await page.getByRole("menuitem", { name: "Redact a phrase" }).click();
    await page.getByLabel("Words to remove").fill("First");
    await page.getByRole("button", { name: "Next", exact: true }).click();
    await question.getByRole("button", { name: "Remove for good" }).click();
    await page.getByRole("dialog", { name: "Remove it elsewhere too?" }).getByRole("button", { name: "Remove for good" }).click();
    await page.locator('article[data-id="101"]').getByText("\u2587\u2587\u2587\u2587\u2587").waitFor();  // the quotation too
    await first.getByText("\u2587\u2587\u2587\u2587\u2587").waitFor();
    await first.getByRole("button", { name: "Redact the file passport.png" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Remove for good" }).click();
    await first.getByText("redacted.txt").waitFor();
    check(await first.getByRole("button", { name: "Redact the file" }).count() === 0, "a removed file is offered again");
    check(asked(desk, "PUT /api/v2/tickets/1/comments/100/attachments/5/redact") === 1, "the file");
    desk.permissions = ["tickets:read", "notes:write", "tickets:reply", "tickets:write"];
    await page.reload();
    await first.getByRole("button", { name: "What can be done with the message" }).click();
    await page.getByRole("menuitem", { name: "Quote in a reply" }).waitFor();
    check(await page.getByRole("menuitem", { name: "Redact" }).count() === 0, "offered to who may not");
  },

  // I4_07: an agent calls a redaction wrong, and takes that back.
  async aRedactionIsCalledWrongAndThatIsTakenBack({ desk, page, go }) {
    const [comment] = desk.tickets.get("1").comments;
    comment.redactions = [
      { rule: "order_no", brand: "", part: "1", where: "text/plain", count: 2 },
      { rule: "manual", brand: "", part: "", where: "comment", count: 1 },
    ];
    await go("#/tickets/1");
    const first = page.locator('article[data-id="100"]');
    await first.getByRole("button", { name: "is no secret" }).click();
    await first.getByRole("button", { name: "This was no secret" }).click();
    await first.getByText("called wrong").waitFor();
    check(await first.getByRole("button", { name: "Take that back" }).count() === 1, "removals by people are no findings");
    check([...desk.marks.values()][0].where === "text/plain" && desk.marks.size === 1, JSON.stringify([...desk.marks]));
    await page.reload();
    await first.getByRole("button", { name: "is no secret" }).click();
    await first.getByRole("button", { name: "Take that back" }).click();
    await first.getByRole("button", { name: "This was no secret" }).waitFor();
    check(desk.marks.size === 0, "the mark is gone");
    desk.permissions = ["tickets:read"];
    await page.reload();
    await first.waitFor();
    check(await first.getByRole("button", { name: "is no secret" }).count() === 0, "offered to who may not write");
  },

  async nothingOfTheLastUserStays({ desk, page, go }) {
    await go("#/tickets/1");
    await page.getByRole("option", { name: "Olga" }).waitFor({ state: "attached" });
    desk.agents = [{ id: 8, name: "Piet", email: "piet@desk.example", role: "agent" }];
    await types(page, "of Olga alone");
    await until(() => desk.drafts.has("7 1"), "her draft");
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByLabel("E-mail").fill("piet@desk.example");
    await page.getByLabel("Password", { exact: true }).fill("x");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Sign out" }).waitFor();
    await go("#/tickets/1");
    await page.getByRole("option", { name: "Piet" }).waitFor({ state: "attached" });
    check(await page.getByRole("option", { name: "Olga" }).count() === 0, "the list of agents is the former user's");
    check(!(await page.content()).includes("of Olga alone"), "her draft is shown to him");
    check(!desk.drafts.has("8 1"), "her draft is stored as his");
  },

  async aHiddenTabGivesItsConnectionBack({ desk, page }) {
    const turn = (hidden) => page.evaluate((value) => {
      Object.defineProperty(document, "hidden", { configurable: true, get: () => value });
      document.dispatchEvent(new Event("visibilitychange"));
    }, hidden);
    await until(() => desk.streams.size === 1, "the stream");
    await hears(desk, 3);
    await turn(true);
    await until(() => desk.streams.size === 0, "the end of the stream");
    await turn(false);
    await until(() => desk.streams.size === 1, "the stream again");
    check(desk.asked.includes(`GET /api/v2/changes/stream?after=${desk.sequence}`), desk.asked.filter((each) => each.includes("stream")).join());
  },

  async aRefusedStreamGoesOnWhereItWas({ desk, page }) {
    await until(() => desk.streams.size === 1, "the stream");
    const last = await hears(desk, 3);
    desk.refusesStreams = true;
    for (const stream of desk.streams) stream.destroy();
    await until(() => asked(desk, "GET /api/v2/changes/stream") >= 2, "a second try");
    desk.tell([{ kind: "ticket.created", object: 4, detail: 0 }]);
    desk.refusesStreams = false;
    await until(() => asked(desk, "GET /api/v2/users/me") >= 1, "whether the session lives");
    await page.clock.fastForward(16000);
    await until(() => desk.streams.size === 1, "the stream again");
    check(desk.asked.includes(`GET /api/v2/changes/stream?after=${last}`), desk.asked.filter((each) => each.includes("stream")).join());
  },

  async aPlaceThatTheFeedDoesNotKnowBeginsAnew({ desk, page }) {
    await until(() => desk.streams.size === 1, "the stream");
    await hears(desk, 3);
    desk.refusesStreams = true;
    desk.hasForgotten = true;
    for (const stream of desk.streams) stream.destroy();
    await until(() => asked(desk, "GET /api/v2/changes?") >= 1, "whether its place is known");
    desk.refusesStreams = false;
    const before = desk.asked.length;
    await page.clock.fastForward(16000);
    await until(() => desk.streams.size === 1, "the stream again");
    check(desk.asked.slice(before).includes("GET /api/v2/changes/stream"), desk.asked.slice(before).join());
  },

  async aSessionThatEndedElsewhereLeavesThePage({ desk, page }) {
    await until(() => desk.streams.size === 1, "the stream");
    desk.user = null;
    for (const stream of desk.streams) stream.write('event: bye\ndata: {"reason":"signed_out"}\n\n');
    await page.getByLabel("E-mail").waitFor();
  },

  async aReplyWaitsForItsFiles({ desk, page, go }) {
    await go("#/tickets/1");
    const gate = desk.hold("POST /api/v2/uploads");
    await page.locator("[data-comment]").first().waitFor();
    await types(page, "see the file");
    await page.locator("[data-files]").setInputFiles({ name: "a.txt", mimeType: "text/plain", buffer: Buffer.from("abc") });
    await gate.arrived;
    check(await page.getByRole("button", { name: "Waiting for the files" }).isDisabled(), "the button");
    await reply(page).press("Control+Enter");
    await page.getByText("A file is still being uploaded.").waitFor();
    check(desk.bodies.length === 0, "sent without the file");
    gate.release();
    await page.getByRole("button", { name: "Send public reply" }).click();
    await until(() => desk.bodies.length === 1, "the reply");
    check(JSON.stringify(desk.bodies[0].comment.uploads) === '["u1"]', JSON.stringify(desk.bodies[0]));
  },

  async whatIsTypedWhileSendingStays({ desk, page, go }) {
    await go("#/tickets/1");
    await page.locator("[data-comment]").first().waitFor();
    await types(page, "the first reply");
    const gate = desk.hold("PUT /api/v2/tickets/1");
    await page.keyboard.press("Control+Enter");
    await until(() => asked(desk, "PUT /api/v2/tickets/1") === 1 || asked(desk, "PUT /api/v2/tickets/1/draft") === 1, "a request");
    await gate.arrived;
    await types(page, "\nand more");
    gate.release();
    await page.locator("article").getByText("the first reply", { exact: true }).waitFor();
    await until(async () => (await reply(page).textContent()) === "and more", "the rest of the text");
    await page.clock.fastForward(2000);
    await until(() => desk.drafts.get("7 1")?.body === "and more", `the draft: ${JSON.stringify(desk.drafts.get("7 1"))}`);
    check(desk.bodies[0].comment.body === "the first reply", "the first reply");
  },

  async closingWarnsWhileSomethingIsNotStored({ desk, page, go }) {
    await go("#/tickets/1");
    await page.locator("[data-comment]").first().waitFor();
    desk.hold("PUT /api/v2/tickets/1/draft");
    await types(page, "not stored yet");
    const asks = page.waitForEvent("dialog");
    await page.close({ runBeforeUnload: true });
    const question = await asks;
    check(question.type() === "beforeunload", question.type());
    await question.dismiss();
    await reply(page).getByText("not stored yet").waitFor();
  },

  // Nothing of what was typed is taken away by an end of the session: the same person goes on, and it is stored.
  async aLostSessionTakesNoText({ desk, page, go }) {
    await go("#/tickets/1");
    await page.locator("[data-comment]").first().waitFor();
    const { user } = desk;
    await types(page, "typed before");
    await page.clock.fastForward(2000);
    await until(() => desk.drafts.get("7 1")?.body === "typed before", "the draft of before");
    desk.user = null;
    await page.keyboard.insertText(" and after");  // at once: the page leaves when it hears that the session is over
    await page.clock.fastForward(2000);
    await page.getByLabel("E-mail").waitFor();
    desk.nextUser = user;
    await page.getByLabel("E-mail").fill("olga@desk.example");
    await page.getByLabel("Password", { exact: true }).fill("x");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Sign out" }).waitFor();
    await go("#/tickets/2");
    await go("#/tickets/1");
    await reply(page).getByText("typed before and after").waitFor();
    await page.clock.fastForward(2000);
    await until(() => desk.drafts.get("7 1")?.body === "typed before and after", "the stored draft");
  },
};

async function runOne(browser, name) {
  const desk = new Desk();
  desk.addTicket(1, "First");
  desk.addTicket(2, "Second");
  const origin = await desk.start();
  const context = await browser.newContext({ viewport: { width: 1200, height: 800 } });
  const page = await context.newPage();
  page.setDefaultTimeout(20000);
  const errors = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  try {
    await page.clock.install();
    await page.goto(`${origin}/#/tickets`);
    await page.getByText("First").first().waitFor();
    const go = (hash) => page.evaluate((to) => { location.hash = to; }, hash);
    await tests[name]({ desk, page, go });
  } catch (problem) {
    errors.push(String(problem));
  }
  await context.close();
  desk.stop();
  return errors.map((each) => `${name}: ${each}`);
}

(async () => {
  const browser = await chromium.launch(LAUNCH);
  const problems = [];
  let passed = 0;
  const wanted = process.argv.slice(3);  // all, or those that are named
  for (const name of Object.keys(tests).filter((each) => wanted.length === 0 || wanted.includes(each))) {
    const found = await runOne(browser, name);
    if (process.env.POSTERN_STEPS) console.error(`- ${name} ${found.join("; ")}`);
    problems.push(...found);
    if (found.length === 0) ++passed;
  }
  await browser.close();
  console.log(JSON.stringify({ problems, passed }));
  process.exit(problems.length ? 1 : 0);
})().catch((error) => { console.error(String(error)); process.exit(1); });
