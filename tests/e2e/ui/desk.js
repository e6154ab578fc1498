// desk.js ORIGIN TOKEN PASSWORD SMTP_PORT FOLDER: an agent's lists. From an empty workspace to a few hundred tickets: first steps,
// live arrival and exact counts, the keyboard, selections of more than is loaded, bulk changes and undo, what others do.
const { api, drawn, enrol, folder, go, inFrench, looks, overflows, person, problems, run, sendMail, step, until } = require("./kit");

const kFlood = 230; // more tickets than two pages of the list

const row = (page, subject) => page.getByRole("row").filter({ has: page.getByRole("link", { name: subject, exact: true }) });
const count = (page, view) => page.getByRole("link", { name: new RegExp(`^${view}`) }).locator("[data-count]");
const expect = (isSo, words) => { if (!isSo) problems.push(words); };
const pressing = async (page, ...keys) => { for (const key of keys) await page.keyboard.press(key); };

async function firstSteps(page) {
  step("an empty workspace explains itself");
  await page.getByRole("heading", { name: /^Welcome/ }).waitFor();
  await page.getByText("support@desk.example").first().waitFor();
  await looks(page, "welcome");
  await inFrench(page, "welcome", () => page.getByRole("heading", { name: /^Bienvenue/ }).waitFor());
  step("a mail arrives without reloading, and the steps are ticked off");
  await sendMail({ subject: "The engine stops", text: "My card is 4111 1111 1111 1111." });
  await row(page, "The engine stops").waitFor();
  await count(page, "Unassigned tickets").filter({ hasText: /^1$/ }).waitFor();
  await go(page, "/welcome");
  await page.getByRole("listitem").filter({ hasText: "Send a test mail" }).getByText("done").waitFor();
  await page.getByRole("listitem").filter({ hasText: "Reply to it" }).getByText("to do").waitFor();
}

async function keyboard(page) {
  step("the keyboard moves, selects and changes; the number is exact; undo brings back");
  for (let at = 1; at <= 5; at += 1) await sendMail({ subject: `Question ${at}`, text: "Hello" });
  await sendMail({ from: '"<b>Eve</b>" <eve@sender.example>', subject: '<img src=x onerror="document.title=1"> "quoted"', text: "Hello" });
  await pressing(page, "g", "t");
  await row(page, "Question 5").waitFor();
  await count(page, "All unsolved tickets").filter({ hasText: /^7$/ }).waitFor();
  await page.getByRole("link", { name: "New7", exact: true }).or(page.getByRole("link", { name: "New 7", exact: true })).waitFor();
  expect((await page.title()) !== "1", "markup of a subject was taken as markup");
  await row(page, '<img src=x onerror="document.title=1"> "quoted"').waitFor();
  await pressing(page, "j", "x", "Shift+J", "Shift+J");
  await page.getByText("3 selected").waitFor();
  await looks(page, "list-selected");
  await page.getByRole("toolbar").getByLabel("Assignee").selectOption({ label: "owner@desk.example" });
  await page.getByText("Assignee: owner@desk.example: 3 tickets.").hover(); // it stays while one is over it
  await count(page, "Your unsolved tickets").filter({ hasText: /^3$/ }).waitFor();
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByText("Undone for 3 tickets.").waitFor();
  await count(page, "Your unsolved tickets").filter({ hasText: /^0$/ }).waitFor();
  await page.locator('[data-scroller]').evaluate((element) => { element.scrollTop = 0; });
  await row(page, "Question 5").getByRole("checkbox").click();
  await row(page, "Question 4").getByRole("checkbox").click();
  await row(page, "Question 3").getByRole("checkbox").click();
  await pressing(page, "Shift+E");
  await page.getByText(/^Solve: 3 tickets\./).hover();
  await count(page, "All unsolved tickets").filter({ hasText: /^4$/ }).waitFor();
  await count(page, "Recently solved tickets").filter({ hasText: /^3$/ }).waitFor();
  await page.getByRole("button", { name: "Undo" }).click();
  await count(page, "All unsolved tickets").filter({ hasText: /^7$/ }).waitFor();
  step("Enter on the line opens the ticket; going back, the place is kept");
  await pressing(page, "k", "Enter");
  await page.waitForFunction(() => /^#\/tickets\/\d+$/.test(location.hash));
  await page.goBack();
  await page.waitForFunction(() => document.querySelector('[role="row"].shadow-\\[inset_3px_0_0_var\\(--accent\\)\\]') !== null);
}

async function flood(page) {
  step(`${kFlood} more tickets: only what is seen is in the page`);
  for (let at = 0; at < kFlood; at += 100) {
    const size = Math.min(100, kFlood - at);
    await api(page, "POST", "/api/v2/tickets/create_many", { tickets: Array.from({ length: size }, (_, i) => ({ subject: `Flood ${at + i}`, requester: { email: `c${(at + i) % 7}@sender.example`, name: `Client ${(at + i) % 7}` }, comment: { body: "x", public: false } })) });
  }
  await count(page, "All unsolved tickets").filter({ hasText: new RegExp(`^${kFlood + 7}$`) }).waitFor();
  await go(page, "/");
  await page.getByRole("row", { name: /Flood/ }).first().waitFor();
  const rows = await page.getByRole("row").count();
  expect(rows < 60, `${rows} rows are in the page`);
}

async function everything(page) {
  step("Mod+A is all of the view, not only what is loaded");
  await page.getByRole("link", { name: /^All unsolved tickets/ }).click();
  await page.getByRole("heading", { name: "All unsolved tickets" }).waitFor();
  await row(page, "The engine stops").waitFor();
  await pressing(page, "Control+a");
  await page.getByText(`${kFlood + 7} selected`).waitFor();
  await row(page, "The engine stops").getByRole("checkbox").click(); // but for this one
  await page.getByText(`${kFlood + 6} selected`).waitFor();
  await page.getByRole("button", { name: "Tags…" }).click();
  await page.getByLabel("Add these tags").fill("outage, monday");
  await page.getByRole("button", { name: "Apply" }).click();
  await page.getByRole("heading", { name: `Change tags: ${kFlood + 6} tickets?` }).waitFor();
  await pressing(page, "Enter");
  await page.getByText(`Change tags: ${kFlood + 6} tickets.`).hover({ timeout: 180000 });
  const tags = (await api(page, "GET", "/api/v2/tags")).tags;
  expect(tags.find((each) => each.name === "outage")?.count === kFlood + 6, `tags are ${JSON.stringify(tags)}`);
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByText(`Undone for ${kFlood + 6} tickets.`).waitFor({ timeout: 180000 });
  expect(!(await api(page, "GET", "/api/v2/tags")).tags.some((each) => each.name === "outage"), "the tags are still there after undo");
}

async function liveWithoutLosingPlace(page) {
  step("what comes and goes above does not move what is looked at");
  await go(page, "/");
  const box = page.locator("[data-scroller]");
  await page.getByRole("row", { name: /Flood/ }).first().waitFor();
  await page.waitForFunction(() => document.querySelector("[data-scroller]").scrollHeight > 4000);
  await box.evaluate((element) => { element.scrollTop = 3000; });
  await page.waitForFunction(() => { const rows = [...document.querySelectorAll("[data-ticket]")].map((each) => Number(each.ariaRowIndex)); return Math.min(...rows) > 40; }); // what was seen before is gone
  await drawn(page);
  const seen = () => page.evaluate(() => {
    const scroller = document.querySelector("[data-scroller]").getBoundingClientRect();
    const found = [...document.querySelectorAll("[data-ticket]")].map((each) => [each.dataset.ticket, each.getBoundingClientRect().top]).filter(([, top]) => top > scroller.top + 60).sort((a, b) => a[1] - b[1]);
    return found[0];
  });
  const before = await seen();
  const placeOf = (id) => page.evaluate((ticket) => Number(document.querySelector(`[data-ticket="${ticket}"]`)?.ariaRowIndex), id);
  const place = await placeOf(before[0]);
  for (let at = 0; at < 3; at += 1) await sendMail({ subject: `Comes above ${at}`, text: "Hello" });
  await count(page, "All unsolved tickets").filter({ hasText: new RegExp(`^${kFlood + 10}$`) }).waitFor();
  await until(async () => (await placeOf(before[0])) === place + 3, "three lines above");
  await drawn(page);
  const after = await page.evaluate((id) => document.querySelector(`[data-ticket="${id}"]`)?.getBoundingClientRect().top, before[0]);
  expect(after !== undefined && Math.abs(after - before[1]) < 4, `the line moved from ${before[1]} to ${after}`);
  step("back from a ticket, the list stands where it stood");
  const top = await box.evaluate((element) => element.scrollTop);
  await page.locator(`[data-ticket="${before[0]}"] [data-subject]`).click();
  await page.getByRole("heading", { name: /^Flood/ }).waitFor();
  await page.goBack();
  await page.waitForFunction((wanted) => Math.abs(document.querySelector("[data-scroller]")?.scrollTop - wanted) < 200, top);
  await box.evaluate((element) => { element.scrollTop = 0; });
  await row(page, "Comes above 2").waitFor();
}

async function columnsAndSorting(page) {
  step("columns are chosen and kept; the title of a column sorts");
  await page.getByRole("link", { name: /^All unsolved tickets/ }).click();
  await page.getByRole("button", { name: "Columns" }).click();
  await page.getByRole("dialog", { name: "Columns" }).getByRole("checkbox", { name: "Number" }).check();
  await page.getByRole("dialog", { name: "Columns" }).getByRole("button", { name: "Done" }).click();
  await page.getByRole("columnheader", { name: "Number" }).waitFor();
  await page.reload();
  await page.getByRole("columnheader", { name: "Number" }).getByRole("button").click();
  await page.locator('[role="columnheader"][aria-sort="ascending"]', { hasText: "Number" }).waitFor();
  await page.getByRole("columnheader", { name: "Number" }).getByRole("button").click();
  await page.locator('[role="columnheader"][aria-sort="descending"]', { hasText: "Number" }).waitFor();
  await page.waitForFunction(() => document.querySelector('[aria-rowindex="2"][data-ticket]')?.dataset.ticket === "240");
  await page.getByRole("button", { name: "Back to the order of the view" }).click();
  step("a grouped view names its groups");
  await api(page, "PUT", "/api/v2/tickets/3", { ticket: { priority: "urgent" } });
  const { view } = await api(page, "POST", "/api/v2/views", { view: { title: "By priority", all: [{ field: "status", operator: "less_than", value: "solved" }], output: { columns: ["subject", "priority"], group_by: "priority", group_order: "desc", sort_by: "created", sort_order: "asc" } } });
  await page.reload();
  await page.getByRole("link", { name: /^By priority/ }).click();
  await page.getByRole("gridcell", { name: "Urgent", exact: true }).first().waitFor();
  await page.getByRole("gridcell", { name: "Without", exact: true }).first().waitFor();
  await api(page, "DELETE", `/api/v2/views/${view.id}`);
}

async function readers(browser, page) {
  step("whoever may only read sees the lists and nothing to change them with");
  const role = await api(page, "POST", "/api/v2/custom_roles", { custom_role: { name: "Reader", permissions: ["tickets:read"] } });
  const invited = await api(page, "POST", "/api/v2/users", { user: { email: "rita@desk.example", name: "Rita", role: "agent", custom_role_id: role.custom_role.id } });
  const reader = await person(browser);
  await enrol(reader, invited.enrolment.token);
  await reader.getByRole("row", { name: /Flood|Comes above/ }).first().waitFor();
  expect((await reader.getByRole("checkbox").count()) === 0, "a reader can select tickets");
  expect((await reader.getByRole("link", { name: "New ticket", exact: true }).count()) === 0, "a reader is offered a new ticket");
  expect((await reader.getByRole("link", { name: /^Suspended/ }).count()) === 0, "a reader is offered the held mail");
  await go(reader, "/people/users");
  await reader.getByText("Your role does not show this.").waitFor();
  await reader.context().close();
}

async function mergeMacroDelete(page) {
  step("a macro for several, a merge, a deletion and its restoring");
  await api(page, "POST", "/api/v2/macros", { macro: { title: "Close kindly", actions: [{ field: "status", value: "pending" }, { field: "current_tags", value: "kindly" }, { field: "comment_value", value: "Noted." }, { field: "comment_mode_is_public", value: "false" }] } });
  await go(page, "/");
  await page.locator("[data-scroller]").evaluate((element) => { element.scrollTop = 0; });
  await row(page, "Comes above 0").getByRole("checkbox").click();
  await row(page, "Comes above 1").getByRole("checkbox").click();
  await page.getByRole("button", { name: "Macro…" }).click();
  await page.getByLabel("Macro…").selectOption({ label: "Close kindly" });
  await page.getByRole("button", { name: "Apply" }).click();
  await page.getByText("Macro “Close kindly”: 2 tickets.").waitFor();
  await count(page, "Pending tickets").filter({ hasText: /^2$/ }).waitFor();
  await row(page, "Comes above 0").getByRole("checkbox").click();
  await row(page, "Comes above 1").getByRole("checkbox").click();
  await page.getByRole("button", { name: "Merge…" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Merge…" }).click();
  await page.getByText(/^Merge into #\d+: 1 ticket\./).waitFor();
  await row(page, "Comes above 2").getByRole("checkbox").click();
  await pressing(page, "#");
  await page.getByText("Delete: 1 ticket.").waitFor();
  await row(page, "Comes above 2").waitFor({ state: "detached" });
  await go(page, "/deleted");
  await page.getByRole("button", { name: /^Restore #/ }).first().waitFor();
  await looks(page, "deleted");
  await page.getByRole("button", { name: /^Restore #/ }).first().click();
  await page.getByText("Nothing was deleted in the last 30 days.").waitFor();
}

async function others(browser, page) {
  step("who has a ticket open is seen in the list of another; what he does appears");
  const second = await person(browser);
  const invited = await api(page, "POST", "/api/v2/users", { user: { email: "ben@desk.example", name: "Ben", role: "agent" } });
  await enrol(second, invited.enrolment.token);
  await go(page, "/?mine=1");
  await page.getByText("Nothing here is assigned to you.").waitFor();
  const me = (await api(page, "GET", "/api/v2/users/me")).user.id;
  await api(second, "PUT", "/api/v2/tickets/1", { ticket: { assignee_id: me } });
  await row(page, "The engine stops").waitFor();
  await go(second, "/tickets/1");
  await row(page, "The engine stops").getByText("Ben is looking").waitFor();
  await go(second, "/");
  await row(page, "The engine stops").getByText("is looking").waitFor({ state: "detached" });
  step("offline: the list says so, and is right again afterwards");
  await page.context().setOffline(true);
  await api(second, "PUT", "/api/v2/tickets/2", { ticket: { assignee_id: me } });
  await page.getByText("reconnecting…").waitFor();
  await page.context().setOffline(false);
  await row(page, "Question 1").waitFor();
  await second.context().close();
}

async function pictures(page) {
  step("the lists look right everywhere");
  await go(page, "/");
  await page.getByRole("row", { name: /Flood/ }).first().waitFor();
  await looks(page, "list");
  await inFrench(page, "list", () => page.getByRole("row", { name: /Flood/ }).first().waitFor());
  await page.getByRole("link", { name: /^All unsolved tickets/ }).click();
  await row(page, "The engine stops").waitFor();
  await looks(page, "view");
  await page.setViewportSize({ width: 400, height: 800 });
  await row(page, "The engine stops").getByRole("checkbox").click();
  await page.screenshot({ path: `${folder}/view-narrow-selected.png` });
  expect(!(await overflows(page)), "a selection scrolls the page sideways at 400 px");
}

run(async (browser) => {
  const page = await person(browser);
  await enrol(page);
  await firstSteps(page);
  await keyboard(page);
  await flood(page);
  await everything(page);
  await liveWithoutLosingPlace(page);
  await columnsAndSorting(page);
  await mergeMacroDelete(page);
  await others(browser, page);
  await readers(browser, page);
  await pictures(page);
});
