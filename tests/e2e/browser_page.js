// browser_page.js [FOLDER]: what the page does when answers come late, wrong or not at all, in a real browser before a
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
  for (let i = 0; i < 300; ++i) {
    if (await condition()) return;
    await new Promise((resolve) => { setTimeout(resolve, 20); });
  }
  throw new Error(`not in time: ${words}`);
}

// Until the page has done what an answer made it do: later answers have come through by then.
async function settle(page, answer) {
  if (answer) await answer.finished();
  for (let i = 0; i < 3; ++i) await page.evaluate(async () => { await (await fetch("/ui/icon.svg")).text(); });
}

// Tells the page of a new ticket, and returns when the page has heard of it: a stream that is cut earlier takes the news
// with it. What was told is the position that the next stream must begin behind.
async function hears(desk, page, object) {
  await page.evaluate(async () => {
    const { onChange } = await import("/ui/live.js");
    window.heard = 0;
    onChange((entry) => { if (entry.sequence) window.heard = entry.sequence; });
  });
  desk.tell([{ kind: "ticket.created", object, detail: 0 }]);
  await until(() => page.evaluate((sequence) => window.heard === sequence, desk.sequence), "the news");
  return desk.sequence;
}

const asked = (desk, prefix) => desk.asked.filter((each) => each.startsWith(prefix)).length;

const tests = {
  async jsonOfLongTextsAndLongNumbers({ page }) {
    const seen = await page.evaluate(async () => {
      const { parseJson } = await import("/ui/api.js");
      const long = "\u0001\\\"é".repeat(4_500_000);  // 18 M characters, 54 M in JSON
      const back = parseJson(JSON.stringify({ a: long, b: 1 }));
      const small = parseJson('{"id":12345678901234567,"n":-12345678901234567,"f":0.30000000000000004,"e":3.0000000000000004E-1,"s":"\\\\","t":"\\"12345678901234567","k":[12345678901234567,1]}');
      return { isSame: back.a === long && back.b === 1, small };
    });
    check(seen.isSame, "a long text came back otherwise");
    check(JSON.stringify(seen.small) === JSON.stringify({ id: "12345678901234567", n: "-12345678901234567", f: 0.30000000000000004, e: 0.30000000000000004,
      s: "\\", t: '"12345678901234567', k: ["12345678901234567", 1] }), JSON.stringify(seen.small));
  },

  async aLateTicketIsNotShownUnderAnotherAddress({ desk, page, go }) {
    const gate = desk.hold("GET /api/v2/tickets/1/comments");
    await go("#/tickets/1");
    await gate.arrived;
    await go("#/tickets/2");
    await page.getByRole("heading", { name: "Second" }).waitFor();
    const answered = page.waitForResponse((response) => response.url().includes("/tickets/1/comments"));
    gate.release();
    await settle(page, await answered);
    check(await page.getByRole("heading", { name: "Second" }).isVisible(), "ticket 2 is gone");
    check(!(await page.content()).includes("text of First"), "ticket 1 under the address of ticket 2");
    check((await page.title()).includes("Second"), "title");
  },

  async aLateTicketIsNotShownAfterSigningOut({ desk, page, go }) {
    desk.tickets.get("1").ticket.requester_id = 11;  // not known from the list
    const gate = desk.hold("GET /api/v2/users/show_many?ids=11");
    await go("#/tickets/1");
    await gate.arrived;
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByLabel("Email").waitFor();
    const answered = page.waitForResponse((response) => response.url().includes("show_many?ids=11"));
    gate.release();
    await settle(page, await answered);
    check(await page.getByLabel("Email").isVisible(), "the form to sign in is gone");
    check(!(await page.content()).includes("text of First"), "a ticket after signing out");
  },

  async whatIsSelectedIsRemovedForGoodAfterAQuestion({ desk, page, go }) {
    const { comments } = desk.tickets.get("1");
    comments[0].attachments = [{ id: 5, file_name: "passport.png", size: 3, content_url: "/x", replaced: false }];
    comments.push({ ...comments[0], id: 101, body: "> text of First", attachments: [] });
    const questions = [];
    let says = false;
    page.on("dialog", (dialog) => { questions.push(dialog.message()); return says ? dialog.accept() : dialog.dismiss(); });
    await go("#/tickets/1");
    const first = page.locator('article[data-id="100"]');
    const remove = first.getByRole("button", { name: "Redact the selected text" });
    await remove.click();
    await page.getByText("First select the words").waitFor();
    const select = () => first.locator("pre.text").evaluate((node) => {
      const range = document.createRange();
      range.setStart(node.firstChild, 8);
      range.setEnd(node.firstChild, 13);
      getSelection().removeAllRanges();
      getSelection().addRange(range);
    });
    await select();
    await remove.click();
    check(questions.length === 1 && questions[0].includes("\u201cFirst\u201d") && questions[0].includes("cannot be undone"), JSON.stringify(questions));
    check(asked(desk, "PUT ") === 0, "removed without a yes");
    says = true;
    await select();
    await remove.click();
    await page.locator('article[data-id="101"]').getByText("\u2587\u2587\u2587\u2587\u2587").waitFor();  // the quotation too
    await first.getByText("\u2587\u2587\u2587\u2587\u2587").waitFor();
    await first.getByRole("button", { name: "Redact\u2026", exact: true }).click();
    await first.getByText("redacted.txt").waitFor();
    check(await first.getByRole("button", { name: "Redact\u2026", exact: true }).count() === 0, "a removed file is offered again");
    check(asked(desk, "PUT /api/v2/tickets/1/comments/100/attachments/5/redact") === 1, "the file");
    desk.permissions = ["tickets:read", "notes:write", "tickets:reply", "tickets:write"];
    await page.reload();
    await first.waitFor();
    check(await remove.count() === 0, "offered to who may not");
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
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByLabel("Email").fill("piet@desk.example");
    await page.getByLabel("Password").fill("x");
    await page.keyboard.press("Enter");
    await page.getByRole("option", { name: "Piet" }).waitFor({ state: "attached" });
    check(await page.getByRole("option", { name: "Olga" }).count() === 0, "the list of agents is the former user's");
  },

  async aHiddenTabGivesItsConnectionBack({ desk, page }) {
    const turn = (hidden) => page.evaluate((value) => {
      Object.defineProperty(document, "hidden", { configurable: true, get: () => value });
      document.dispatchEvent(new Event("visibilitychange"));
    }, hidden);
    await until(() => desk.streams.size === 1, "the stream");
    await hears(desk, page, 3);
    await page.locator("#live.on").waitFor();
    await until(() => asked(desk, "GET /api/v2/tickets?") >= 2, "the list again");
    await turn(true);
    await until(() => desk.streams.size === 0, "the end of the stream");
    await turn(false);
    await until(() => desk.streams.size === 1, "the stream again");
    check(desk.asked.includes(`GET /api/v2/changes/stream?after=${desk.sequence}`), desk.asked.filter((each) => each.includes("stream")).join());
  },

  async aRefusedStreamGoesOnWhereItWas({ desk, page }) {
    await until(() => desk.streams.size === 1, "the stream");
    const last = await hears(desk, page, 3);
    await until(() => asked(desk, "GET /api/v2/tickets?") >= 2, "the list again");
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

  async aSessionThatEndedElsewhereLeavesThePage({ desk, page }) {
    await until(() => desk.streams.size === 1, "the stream");
    desk.user = null;
    for (const stream of desk.streams) stream.write('event: bye\ndata: {"reason":"signed_out"}\n\n');
    await page.getByLabel("Email").waitFor();
  },

  async aReplyWaitsForItsFiles({ desk, page, go }) {
    await go("#/tickets/1");
    const gate = desk.hold("POST /api/v2/uploads");
    await page.getByLabel("Text", { exact: true }).fill("see the file");
    await page.getByLabel("Attach files").setInputFiles({ name: "a.txt", mimeType: "text/plain", buffer: Buffer.from("abc") });
    await gate.arrived;
    check(await page.getByRole("button", { name: "Waiting for the files" }).isDisabled(), "the button");
    await page.getByLabel("Text", { exact: true }).press("Control+Enter");
    await page.getByText("A file is still being uploaded.").waitFor();
    check(desk.bodies.length === 0, "sent without the file");
    gate.release();
    await page.getByRole("button", { name: "Send public reply" }).click();
    await until(() => desk.bodies.length === 1, "the reply");
    check(JSON.stringify(desk.bodies[0].comment.uploads) === '["u1"]', JSON.stringify(desk.bodies[0]));
  },

  async whatIsTypedWhileSendingStays({ desk, page, go }) {
    await go("#/tickets/1");
    const text = page.getByLabel("Text", { exact: true });
    await text.fill("the first reply");
    const gate = desk.hold("PUT /api/v2/tickets/1");
    await page.getByRole("button", { name: "Send public reply" }).click();
    await gate.arrived;
    await text.focus();
    await page.keyboard.press("End");
    await page.keyboard.type("\nand more");
    gate.release();
    await page.getByText("the first reply", { exact: true }).waitFor();
    await until(async () => (await text.inputValue()) === "and more", "the rest of the text");
    const draft = await page.evaluate(() => localStorage.getItem("postern.draft.7.1"));
    check(draft && JSON.parse(draft).text === "and more", `the draft is ${draft}`);
    check(desk.bodies[0].comment.body === "the first reply", "the first reply");
  },

  async suspendedMailBecomesATicketOrIsDeleted({ desk, page, go }) {
    const badge = page.locator("#suspended-count");
    await until(async () => (await badge.textContent()) === "2", "the count");
    await go("#/suspended");
    const mail = page.getByRole("article", { name: "You won" });
    await mail.waitFor();
    for (const words of ["Spam suspected", "score 6.3", "SPF fail", "DKIM none", "DMARC fail", "from mallory@spam.example to support@desk.example"]) {
      check(await mail.getByText(words).first().isVisible(), `no "${words}"`);
    }
    await mail.getByRole("button", { name: "Show text" }).click();
    await mail.getByText("buy").waitFor();
    check(await mail.getByRole("button", { name: "Hide text" }).isVisible(), "the text cannot be hidden");
    await page.setViewportSize({ width: 400, height: 800 });
    if (folder) await page.screenshot({ path: `${folder}/suspended-narrow.png`, fullPage: true });
    check(!(await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth)), "scrolls sideways at 400 px");
    await page.setViewportSize({ width: 1200, height: 800 });
    if (folder) await page.screenshot({ path: `${folder}/suspended.png`, fullPage: true });

    page.once("dialog", (dialog) => dialog.dismiss());
    await mail.getByRole("button", { name: "Delete" }).click();
    await settle(page);
    check(asked(desk, "DELETE") === 0, "deleted without being asked to");
    page.once("dialog", (dialog) => dialog.accept());
    await mail.getByRole("button", { name: "Delete" }).click();
    await page.getByText("“You won” was deleted.").waitFor();
    await page.getByRole("article", { name: "Where is my order" }).getByRole("button", { name: "Make a ticket" }).click();
    await page.getByRole("link", { name: "ticket #99" }).waitFor();
    await page.getByText("No mail is held back.").waitFor();
    await until(async () => !(await badge.isVisible()), "the count to go");
    await page.getByRole("link", { name: "ticket #99" }).click();
    await page.getByRole("heading", { name: "Where is my order" }).waitFor();
  },
};

async function runOne(browser, name) {
  const desk = new Desk();
  desk.addTicket(1, "First");
  desk.addTicket(2, "Second");
  desk.addHeld("12-5", "Where is my order");
  desk.addHeld("13-5", "You won");
  const origin = await desk.start();
  const context = await browser.newContext({ viewport: { width: 1200, height: 800 } });
  const page = await context.newPage();
  page.setDefaultTimeout(8000);
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
  for (const name of Object.keys(tests)) {
    const found = await runOne(browser, name);
    problems.push(...found);
    if (found.length === 0) ++passed;
  }
  await browser.close();
  console.log(JSON.stringify({ problems, passed }));
  process.exit(problems.length ? 1 : 0);
})().catch((error) => { console.error(String(error)); process.exit(1); });
