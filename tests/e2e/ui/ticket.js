// ticket.js ORIGIN TOKEN PASSWORD SMTP_PORT FOLDER: one ticket. An agent reads, writes, changes and takes things back with the
// keyboard alone; nothing that was typed is lost; a colleague works on the same ticket; hostile mail stays text.
const { api, drawn, enrol, go, inFrench, looks, password, person, problems, run, sendMail, signIn, step, until } = require("./kit");

const kLong = 1000; // comments of a long conversation
const kPdf = "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]>>endobj\ntrailer<</Root 1 0 R>>\n";
const kPng = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

const expect = (isSo, words) => { if (!isSo) problems.push(words); };
const press = async (page, ...keys) => { for (const key of keys) await page.keyboard.press(key); };
const message = (page, text) => page.getByRole("article").filter({ hasText: text });
const editor = (page, kind = "public reply") => page.getByRole("textbox", { name: `Text of the ${kind}` });
const draftSaved = (page) => page.locator('[data-draft="saved"]').waitFor();
const panel = (page) => page.getByRole("complementary", { name: "Details" });

async function open(page, id) {
  await go(page, `/tickets/${id}`);
  await page.locator(`[data-ticket="${id}"] [data-comment]`).first().waitFor();
}

// Types a reply of that kind and waits until the editor has it.
async function write(page, key, text) {
  await press(page, key);
  await editor(page, key === "r" ? "public reply" : "internal note").waitFor();
  await page.waitForFunction(() => document.activeElement?.classList.contains("ProseMirror"));
  await page.keyboard.type(text);
}

async function reading(page) {
  step("I8: who sent it and why that is believed, what was redacted, quotations folded, formatting without script or outside request");
  await open(page, 1);
  const first = page.locator("[data-comment]").first();
  await first.getByText("Sender unproven").waitFor();
  await first.getByRole("button", { name: "Why?" }).click();
  for (const words of ["sender on the envelope: sender.example", "no signature", "policy: watch only"]) await first.getByText(words).first().waitFor();
  await first.getByText(/DNS records used/).click();
  await first.getByText("v=spf1").first().waitFor();
  await first.getByText("redacted").first().waitFor();
  await first.getByText("visa card in the text").waitFor();
  expect(!(await page.content()).includes("4111 1111"), "a card number is on the page");
  expect(await first.getByText("please try again").count() === 0, "the quotation is not folded");
  await press(page, "k", "o");
  await first.getByText("please try again").waitFor();
  await press(page, "f");
  const frame = first.locator("iframe");
  await frame.waitFor();
  expect(await frame.getAttribute("sandbox") === "allow-popups allow-popups-to-escape-sandbox", "the frame may do too much");
  await page.frameLocator("iframe").getByText("formatted words").waitFor();
  await first.getByText(/One picture on another server is not loaded/).waitFor();
  step("I8: pictures come by way of the server, on consent only; the browser asks nobody else");
  const asked = page.waitForRequest((request) => /\/html\?pictures=true$/.test(request.url()));
  await first.getByRole("button", { name: "Load the picture" }).click();
  expect((await asked).isNavigationRequest(), "the pictures are not asked for by the frame");
  await first.getByText(/^Fetched by this server/).waitFor();
  await page.frameLocator("iframe").getByText("formatted words").waitFor();
  await looks(page, "ticket-pictures");
  await first.getByRole("button", { name: "Hide pictures" }).click();
  await first.getByText(/One picture on another server is not loaded/).waitFor();
  expect((await page.title()) !== "owned", "a script of a mail has run");
  await press(page, "f");
  step("I8: attachments with a look at what is safe; names that mislead are told");
  await first.getByRole("button", { name: "Preview of photo.png" }).waitFor();
  await first.getByRole("listitem").filter({ hasText: "notes.txt" }).getByRole("button", { name: "Preview" }).click();
  await page.getByRole("dialog").getByText("some notes").waitFor();
  await press(page, "Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await first.getByRole("listitem").filter({ hasText: "Invoice.pdf.exe" }).getByText("may be a program").waitFor();
  expect(await first.getByRole("listitem").filter({ hasText: "page.html" }).getByRole("button", { name: "Preview" }).count() === 0, "HTML is previewed");
  step("I8: a PDF is shown by the browser's viewer in a tab of its own; what only says that it is one is not");
  const [tab] = await Promise.all([page.context().waitForEvent("page"), first.getByRole("button", { name: "Preview of plan.pdf in a new tab" }).click()]);
  await tab.waitForURL(/^blob:/);
  expect(await tab.evaluate(() => document.contentType) === "application/pdf", "the PDF is shown as something else");
  expect(await tab.evaluate(() => window.opener === null), "the viewer's tab can reach the page");
  await tab.close();
  await first.getByRole("button", { name: "Preview of fake.pdf in a new tab" }).click();
  await page.getByText("This file says that it is a PDF and is none.").first().waitFor();
}

async function formatted(page) {
  step("I8: a reply with formatting is sent as HTML and as text that says the same; pasted pictures become its files");
  await open(page, 6);
  let sent = null;
  page.on("request", (request) => { if (request.method() === "PUT" && /tickets\/6$/.test(request.url())) sent = request.postDataJSON().ticket.comment; });
  await write(page, "r", "Dear Ada,");
  await press(page, "Enter", "Enter");
  // Bold by the bar, which is one stop and has arrows.
  await press(page, "Alt+F10");
  await page.waitForFunction(() => document.activeElement?.getAttribute("aria-label") === "Bold");
  await press(page, "ArrowRight", "ArrowRight", "Home", "Enter");
  await page.waitForFunction(() => document.activeElement?.classList.contains("ProseMirror"));
  await page.keyboard.type("important");
  await press(page, "Control+b", "Enter");
  await page.keyboard.type("- one");
  await press(page, "Enter");
  await page.keyboard.type("two");
  await editor(page).evaluate((node, png) => {
    const data = new DataTransfer();
    data.setData("text/html", `<p> and <i>three</i> <img src="data:image/png;base64,${png}"><img src="https://tracker.example/x.png"></p>`);
    data.setData("text/plain", " and three");
    node.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
  }, kPng);
  await page.getByRole("list", { name: "Files to be sent" }).getByText("picture-1.png").waitFor();
  await editor(page).locator("li em", { hasText: "three" }).waitFor();
  await draftSaved(page);
  await page.reload();
  await editor(page).locator("li em", { hasText: "three" }).waitFor();
  expect(await editor(page).locator("strong", { hasText: "important" }).count() === 1, "the draft has lost its formatting");
  await looks(page, "ticket-formatted");
  await press(page, "r", "Control+Enter");
  await message(page, "important").waitFor();
  expect(sent && /<p>Dear Ada,<\/p><p><strong>important<\/strong><\/p><ul><li>one<\/li><li>two ?and <em>three<\/em><\/li><\/ul>/.test(sent.html_body), `sent as ${JSON.stringify(sent)}`);
  const { comments: [told] } = await api(page, "GET", "/api/v2/tickets/6/comments?sort_order=desc&page[size]=1");
  if (told.html_body) {
    await message(page, "important").locator("[data-rich] li em", { hasText: "three" }).waitFor();
    expect(await message(page, "important").locator("[data-rich] img, [data-rich] script").count() === 0, "more than text is shown of a formatted reply");
    await looks(page, "ticket-rich");
  }
  expect(sent && sent.body.includes("**important**") && sent.body.includes("- one"), `the text is ${sent && sent.body}`);
  await write(page, "r", "Just text, **really**");
  await page.getByRole("button", { name: "Plain text" }).click();
  await press(page, "Control+Enter");
  await message(page, "Just text").waitFor();
  expect(sent && !("html_body" in sent), "plain text was sent with HTML");
  await open(page, 1);
}

async function writing(page) {
  step("I8: a reply and a note by keys alone, impossible to confuse");
  await write(page, "r", "Dear Ada,\nwe found **it** here.");
  await page.getByText("This will be mailed to the customer and everybody in copy.").waitFor();
  await page.getByRole("button", { name: /^Send public reply/ }).waitFor();
  await press(page, "Control+Enter");
  await message(page, "we found").filter({ hasText: "Public reply" }).waitFor();
  expect(await message(page, "we found").locator("strong", { hasText: /^it$/ }).count() === 1, "formatting is lost");
  await write(page, "x", "Look at this, @Be");
  expect(await page.locator('[data-composer="internal"]').count() === 1, "the composer does not look internal");
  await page.getByText("Only your colleagues will see this.").waitFor();
  await page.getByRole("listbox", { name: "Colleagues" }).getByRole("option", { name: "Ben" }).waitFor();
  await press(page, "Enter");
  await page.keyboard.type(" please.");
  await looks(page, "ticket-note");
  await press(page, "Control+Enter");
  const note = message(page, "@Ben please.");
  await note.getByText("Internal note").waitFor();
  await panel(page).getByRole("group", { name: "Followers" }).getByText("Ben").waitFor();
  const { comments } = await api(page, "GET", "/api/v2/tickets/1/comments");
  expect(comments.at(-1).public === false && comments.at(-2).public === true, "a note was public, or a reply was not");
}

async function drafts(page) {
  step("I8: what was typed survives going away, reloading, no connection, and signing out");
  await write(page, "r", "half a sentence");
  await draftSaved(page);
  await press(page, "Escape");
  await open(page, 2);
  await open(page, 1);
  await editor(page).getByText("half a sentence").waitFor();
  await page.reload();
  await editor(page).getByText("half a sentence").waitFor();
  await editor(page).click();
  await press(page, "Control+End");
  await page.context().setOffline(true);
  await page.keyboard.type(" and the rest");
  await page.locator('[data-draft="failed"]').waitFor();
  await press(page, "Control+Enter");
  await page.getByText("What you wrote is kept.").waitFor();
  expect((await editor(page).textContent()).includes("half a sentence and the rest"), "a failed request has taken the text");
  await page.context().setOffline(false);
  await draftSaved(page);
  await page.keyboard.type("!");
  await page.getByRole("button", { name: "Sign out" }).click();
  await signIn(page);
  await open(page, 1);
  await editor(page).getByText("half a sentence and the rest!").waitFor();
  step("I8: another tab has written too: nothing is overwritten unseen");
  await api(page, "PUT", "/api/v2/tickets/1/draft", { draft: { body: "from the other tab", public: true } });
  await editor(page).click();
  await press(page, "Control+End");
  await page.keyboard.type(" More.");
  await page.getByText("You have written something else for this ticket").waitFor();
  await page.getByRole("button", { name: "Keep both" }).click();
  await editor(page).getByText("from the other tab").waitFor();
  await editor(page).getByText("half a sentence and the rest! More.").waitFor();
  await draftSaved(page);
  await page.getByRole("button", { name: "Discard" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Discard" }).click();
  await editor(page).waitFor({ state: "detached" });
  expect((await api(page, "GET", "/api/v2/tickets/1/draft")).draft === null, "a discarded draft is still stored");
}

async function undoSend(page) {
  step("I8: a reply is held and taken back, with its file and what came with it");
  await api(page, "PUT", "/api/v2/reply_hold", { reply_hold: { seconds: 30 } });
  await open(page, 2);
  await page.reload();
  await page.locator("[data-comment]").first().waitFor();
  await write(page, "r", "too early");
  await page.locator("[data-files]").setInputFiles({ name: "plan.txt", mimeType: "text/plain", buffer: Buffer.from("a plan") });
  await page.getByRole("list", { name: "Files to be sent" }).getByText("plan.txt").waitFor();
  await page.getByRole("button", { name: /^Send public reply/ }).waitFor();
  await press(page, "Control+Shift+Enter");
  await message(page, "too early").getByText("plan.txt").waitFor();
  await page.getByText("Your reply leaves in").waitFor();
  await page.locator("header").getByText("Solved").first().waitFor();
  await press(page, "z");
  await editor(page).getByText("too early").waitFor();
  await message(page, "too early").waitFor({ state: "detached" });
  await page.getByRole("list", { name: "Files to be sent" }).getByText("plan.txt").waitFor();
  expect((await api(page, "GET", "/api/v2/tickets/2")).ticket.status === "new", "the status that came with it stayed");
  await page.getByRole("button", { name: "Discard" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Discard" }).click();
  await api(page, "PUT", "/api/v2/reply_hold", { reply_hold: { seconds: 0 } });
}

async function macros(page) {
  step("I8: a macro is looked at, used, and what it changes goes with the reply");
  await api(page, "POST", "/api/v2/macros", { macro: { title: "Refunds::Ask for the invoice", actions: [{ field: "status", value: "pending" }, { field: "current_tags", value: "refund" },
    { field: "comment_value", value: "Dear {{ticket.requester.first_name}}, which invoice?" }] } });
  await open(page, 2);
  await press(page, "m");
  const dialog = page.getByRole("dialog", { name: "Macros" });
  await dialog.getByText("Dear Ada, which invoice?").waitFor();
  await looks(page, "ticket-macros");
  await press(page, "Enter");
  await editor(page).getByText("Dear Ada, which invoice?").waitFor();
  await page.getByText("Together with it:").waitFor();
  await press(page, "Control+Enter");
  await message(page, "which invoice?").waitFor();
  const { ticket } = await api(page, "GET", "/api/v2/tickets/2");
  expect(ticket.status === "pending" && ticket.tags.includes("refund"), `the macro changed ${ticket.status} ${ticket.tags}`);
}

// A colleague changes the ticket in the moment between what the page has read and what it writes.
async function inBetween(page, other, id, change) {
  let isDone = false;
  await page.route(`**/api/v2/tickets/${id}`, async (route) => {
    if (isDone || route.request().method() !== "PUT") return route.fallback();
    isDone = true;
    await api(other, "PUT", `/api/v2/tickets/${id}`, { ticket: change });
    return route.continue();
  });
}

async function fields(page, other) {
  step("I8: fields are stored as they are chosen; two people change different ones without noticing, the same one after a question");
  await open(page, 2);
  await press(page, "t");
  await page.keyboard.type("vip");
  await press(page, "Enter");
  await panel(page).getByRole("button", { name: "Remove the tag vip" }).waitFor();
  await page.getByRole("button", { name: "Take it", exact: true }).click();
  await page.getByRole("button", { name: "Take it", exact: true }).waitFor({ state: "detached" });
  await inBetween(page, other, 2, { type: "question" });
  await panel(page).getByLabel("Priority").selectOption("high");
  await panel(page).getByLabel("Type").and(page.locator("select")).filter({ has: page.locator("option[value=question]:checked") }).waitFor({ state: "attached" });
  const stored = async () => (await api(page, "GET", "/api/v2/tickets/2")).ticket;
  await until(async () => (await stored()).priority === "high", "the priority is stored");
  expect((await stored()).type === "question", "one of two changes of different fields is lost");
  await inBetween(page, other, 2, { priority: "urgent" });
  await panel(page).getByLabel("Priority").selectOption("low");
  const question = page.getByRole("dialog", { name: "Somebody else has changed the same" });
  await question.getByText(/now “urgent”, you chose “low”/).waitFor();
  await question.getByRole("button", { name: "Use mine" }).click();
  await question.waitFor({ state: "detached" });
  await until(async () => (await api(page, "GET", "/api/v2/tickets/2")).ticket.priority === "low", "the answer to the question is obeyed");
  step("I8: what the server refuses is told where it belongs, and taken back");
  await panel(page).getByLabel("Type").selectOption("incident");
  await panel(page).getByLabel("Problem").fill("99999");
  await press(page, "Enter");
  await panel(page).getByRole("alert").first().waitFor();
  await panel(page).getByLabel("Type").selectOption("question");
}

async function together(page, other) {
  step("I8: a colleague at the same ticket is seen, and that he types");
  await open(page, 1);
  await open(other, 1);
  await page.getByText("Ben is here").waitFor();
  await write(other, "r", "I am on it");
  let isSeen = false;
  const seen = page.getByText("Ben is typing…").waitFor().finally(() => { isSeen = true; });
  while (!isSeen) await other.keyboard.type(".", { delay: 300 }); // he goes on: who stops for some seconds is not typing any more
  await seen;
  step("I8: his message comes without moving what is read");
  await open(page, 3);
  await open(other, 3);
  const talk = page.locator("[data-conversation]");
  await message(page, "A line of a long question.").waitFor();
  await talk.evaluate((node) => { node.scrollTop = 0; });
  await drawn(page);
  await write(page, "r", "I am writing");
  await draftSaved(page);
  await talk.evaluate((node) => { node.scrollTop = 100; });
  await drawn(page);
  const before = await talk.evaluate((node) => node.querySelector("[data-comment]").getBoundingClientRect().top);
  await write(other, "r", "done by Ben");
  await press(other, "Control+Enter");
  await page.getByRole("button", { name: /1 new message/ }).waitFor();
  const after = await talk.evaluate((node) => node.querySelector("[data-comment]").getBoundingClientRect().top);
  expect(Math.abs(before - after) < 2, `the page moved by ${after - before}`);
  expect((await editor(page).textContent()) === "I am writing", "the draft was touched");
  await page.getByRole("button", { name: /1 new message/ }).click();
  await message(page, "done by Ben").getByText("new", { exact: true }).waitFor();
  await editor(page).click();
  await press(page, "Control+a", "Delete", "Escape");
  await page.getByText("Ben is here").waitFor();
  await go(other, "/");
  await page.getByText("Ben is here").waitFor({ state: "detached" });
}

async function redaction(page) {
  step("I4_07, R: a redaction is called wrong and that is taken back; a phrase and a file are removed for good");
  await open(page, 1);
  const first = page.locator("[data-comment]").first();
  await first.getByRole("button", { name: "Was something hidden that is no secret?" }).click();
  await first.getByRole("button", { name: "This was no secret" }).first().click();
  await first.getByText("called wrong").waitFor();
  await first.getByRole("button", { name: "Take that back" }).click();
  await first.getByText("called wrong").waitFor({ state: "detached" });
  await first.getByRole("button", { name: "What can be done with the message" }).click();
  await page.getByRole("menuitem", { name: "Redact a phrase…" }).click();
  await page.getByLabel("Words to remove from this message").fill("secret word");
  await press(page, "Enter");
  await page.getByRole("dialog", { name: "Remove “secret word” for good?" }).getByRole("button", { name: "Remove for good" }).click();
  await page.getByText("Removed.", { exact: true }).first().waitFor();
  await first.getByText("secret word").waitFor({ state: "detached" });
  await first.getByRole("button", { name: "Redact the file notes.txt" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove for good" }).click();
  await first.getByText("redacted.txt").waitFor();
  step("Z-35: the side of the ticket tells what was hidden in all of it, and leads to the messages");
  const hidden = page.getByRole("region", { name: "Hidden in this ticket" });
  await hidden.getByText(/^card: /).waitFor();
  await hidden.getByText(/^removed by a person: /).waitFor();
  await looks(page, "ticket-hidden");
  await hidden.getByRole("link", { name: "message 1", exact: true }).first().click();
  await page.waitForFunction(() => document.activeElement?.hasAttribute("data-comment"));
}

async function belonging(page) {
  step("I8: merge, split, delete and spam, each with its way back");
  await open(page, 4);
  await page.getByRole("button", { name: "What can be done with the ticket" }).click();
  await page.getByRole("menuitem", { name: "Merge…" }).click();
  await page.getByLabel("Number of the ticket that stays").fill("5");
  await press(page, "Enter");
  await page.locator('[data-ticket="5"]').waitFor();
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByText("Undone.").waitFor();
  expect((await api(page, "GET", "/api/v2/tickets/4")).ticket.status !== "closed", "merging was not undone");
  await write(page, "x", "another matter");
  await press(page, "Control+Enter");
  await message(page, "another matter").waitFor();
  await page.getByRole("button", { name: "What can be done with the ticket" }).click();
  await page.getByRole("menuitem", { name: "Split…" }).click();
  await message(page, "another matter").getByRole("checkbox").check();
  await page.getByLabel("Subject of the new ticket").fill("Another matter");
  await page.getByRole("button", { name: "Move 1 message" }).click();
  await page.getByRole("heading", { name: "Another matter" }).waitFor();
  await page.getByRole("button", { name: "Undo" }).last().click();
  await page.getByText("Undone.").last().waitFor();
  await open(page, 5);
  await message(page, "another matter").waitFor();
  for (const [item, words] of [["Delete", "Ticket #5 is deleted."], ["Mark as spam", "Ticket #5 is deleted as spam."]]) {
    await open(page, 5);
    await page.getByRole("button", { name: "What can be done with the ticket" }).click();
    await page.getByRole("menuitem", { name: item }).click();
    await page.getByText(words).waitFor();
    await page.getByRole("button", { name: "Undo" }).last().click();
    await page.getByText("Ticket #5 is back.").last().waitFor();
    await page.locator('[data-ticket="5"]').waitFor();
  }
}

async function history(page) {
  step("D: why did this trigger fire?");
  await api(page, "POST", "/api/v2/triggers", { trigger: { title: "Urgent for engines", conditions: { all: [{ field: "current_tags", operator: "includes", value: "engine" }] }, actions: [{ field: "priority", value: "urgent" }] } });
  await api(page, "PUT", "/api/v2/tickets/1", { ticket: { additional_tags: ["engine"] } });
  await open(page, 1);
  await press(page, "3");
  await panel(page).getByText("trigger “Urgent for engines” fired").waitFor();
  await panel(page).getByRole("button", { name: "Why did this fire?" }).click();
  await panel(page).getByText("Tags have one of engine").waitFor();
  await panel(page).getByRole("button", { name: "Would it fire now?" }).click();
  await panel(page).getByText("It would fire now.").waitFor();
  await looks(page, "ticket-history");
  await press(page, "2");
  await panel(page).getByText("Other tickets").waitFor();
  await looks(page, "ticket-customer");
  await press(page, "1");
}

async function long(page) {
  step("I8: a thousand comments: the newest are shown, nothing is cut off");
  await page.evaluate(async ([id, most]) => {
    const { session } = await (await fetch("/api/v2/session")).json();
    for (let at = 0; at < most; at += 1) {
      const done = await fetch(`/api/v2/tickets/${id}`, { method: "PUT", headers: { "Content-Type": "application/json", "X-CSRF-Token": session.csrf_token }, body: JSON.stringify({ ticket: { comment: { body: `line ${at} of a long talk`, public: false } } }) });
      if (!done.ok) throw new Error(await done.text());
    }
  }, [6, kLong]);
  await go(page, "/");
  await page.reload();
  await open(page, 6);
  await message(page, `line ${kLong - 1} of`).waitFor();
  await page.waitForFunction(() => { const node = document.querySelector("[data-conversation]"); return node.scrollHeight - node.scrollTop - node.clientHeight < 100; }); // the newest is in sight
  await page.getByRole("button", { name: /Show \d+ earlier messages/ }).click();
  await message(page, `line ${kLong - 60} of`).waitFor();
  const earlier = page.getByRole("button", { name: /Show \d+ earlier message/ });
  for (let at = 0; at < 12 && (await earlier.count()); at += 1) {
    const before = await page.locator("[data-comment]").count();
    await earlier.click();
    await page.waitForFunction((count) => document.querySelectorAll("[data-comment]").length > count, before);
  }
  await page.locator("[data-comment]").first().scrollIntoViewIfNeeded();
  await until(async () => (await page.locator("[data-comment]").count()) === kLong + 3, "all messages");
}

async function walk(page) {
  step("I8: from ticket to ticket in the list that one came from, at once");
  await go(page, "/tickets");
  await page.reload(); // nothing is known any more
  const rows = page.locator("[data-ticket][role=row]");
  await rows.nth(1).waitFor();
  const next = await rows.nth(1).getAttribute("data-ticket");
  const readAhead = ["", "/comments", "/events"].map((part) => page.waitForResponse((answer) => new URL(answer.url()).pathname === `/api/v2/tickets/${next}${part}`));
  await press(page, "j", "Enter");
  await page.locator("[data-ticket]:not([role=row])").waitFor();
  for (const answer of await Promise.all(readAhead)) await answer.finished();
  // Shown without any answer of the server: how quickly is measured in tests/bench.
  let release = () => {};
  const gate = new Promise((resolve) => { release = resolve; });
  const isAboutNext = new RegExp(`/api/v2/tickets/${next}(\\?|/comments|/events)`);
  await page.route(isAboutNext, async (route) => { await gate; await route.continue(); });
  await press(page, "Shift+J");
  await page.locator(`[data-ticket="${next}"]:not([role=row]) [data-comment]`).first().waitFor();
  release();
  await page.unroute(isAboutNext);
  await write(page, "x", "looked at it");
  const now = await page.locator("[data-ticket]:not([role=row])").getAttribute("data-ticket");
  await press(page, "Control+Alt+Enter");
  await page.waitForFunction((id) => document.querySelector("[data-ticket]:not([role=row])")?.getAttribute("data-ticket") !== id || !location.hash.includes("/tickets/"), now);
  await press(page, "?");
  await page.getByRole("dialog", { name: "Keyboard shortcuts" }).getByText("Switch between reply and note").first().waitFor();
  await press(page, "Escape");
}

run(async (browser) => {
  const page = await person(browser);
  await enrol(page);
  const invited = await api(page, "POST", "/api/v2/users", { user: { email: "ben@desk.example", name: "Ben", role: "agent" } });
  const other = await person(browser);
  await other.goto(page.url().split("#")[0]);
  await other.evaluate(async ([token, secret]) => { await fetch("/api/v2/enrolment", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ token, password: secret }) }); }, [invited.enrolment.token, password]);
  await other.context().clearCookies();
  await signIn(other, "ben@desk.example", password);
  await sendMail({
    subject: "<b>The engine</b> stops", text: "Hello,\n\nthe engine stops. My card is 4111 1111 1111 1111 and secret word.\n\nOn Monday you wrote:\n> please try again\n> and again\n\nAda",
    html: '<p>Hello, <b>formatted words</b></p><img src="https://tracker.example/x.png"><script>parent.document.title="owned"</script><img src=x onerror="top.document.title=\'owned\'"><a href="javascript:document.title=\'owned\'">x</a>',
    attachments: [{ filename: "notes.txt", content: "some notes\n".repeat(20) }, { filename: "photo.png", content: Buffer.from(kPng, "base64") }, { filename: "plan.pdf", content: kPdf, contentType: "application/pdf" }, { filename: "fake.pdf", content: "<script>alert(1)</script>", contentType: "application/pdf" }, { filename: "Invoice.pdf.exe", content: "MZ something" }, { filename: "page.html", content: "<script>alert(1)</script>", contentType: "text/html" }],
  });
  // What looks dangerous is held back; somebody has looked at it.
  await until(async () => {
    const { suspended_tickets: held } = await api(page, "GET", "/api/v2/suspended_tickets");
    for (const each of held) await api(page, "PUT", `/api/v2/suspended_tickets/${each.id}/recover`);
    return (await api(page, "GET", "/api/v2/tickets")).tickets.length === 1;
  });
  for (let at = 2; at <= 6; at += 1) await sendMail({ subject: `Question ${at}`, text: `${"A line of a long question.\n".repeat(at === 3 ? 60 : 2)}` });
  await until(async () => (await api(page, "GET", "/api/v2/tickets")).tickets.length === 6);
  await page.reload();
  await reading(page);
  await writing(page);
  await formatted(page);
  await drafts(page);
  await undoSend(page);
  await macros(page);
  await fields(page, other);
  await together(page, other);
  await redaction(page);
  await belonging(page);
  await history(page);
  await walk(page);
  await long(page);
  await open(page, 1);
  await looks(page, "ticket");
  await inFrench(page, "ticket", () => page.locator("[data-comment]").first().waitFor());
});
