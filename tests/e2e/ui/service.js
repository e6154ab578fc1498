// service.js ORIGIN TOKEN PASSWORD SMTP_PORT FOLDER: what was promised and how it stands, working hours, senders let in or kept
// out, signing keys and certificates, the way of messages, the live plots, people who ask to join a ticket.
const { accessible, api, drawn, enrol, folder, go, inFrench, looks, must, overflows, person, problems, run, sendMail, step, until } = require("./kit");

const gone = (locator) => locator.waitFor({ state: "detached" });

async function workingHours(page) {
  step("I8: working hours by day, checked before they are sent, with holidays");
  await go(page, "/admin/schedules");
  await page.getByText("There is no schedule yet").waitFor();
  await page.getByRole("link", { name: "New schedule" }).click();
  await page.getByLabel("Name").fill("Office");
  await page.getByLabel("Time zone").fill("Europe/Paris");
  await page.getByLabel("Monday from").fill("18:00");
  await page.getByText("Some hours end before they begin").first().waitFor();
  await page.getByRole("button", { name: "Create" }).click();
  must(page.url().includes("/new"), "wrong hours were sent");
  await page.getByLabel("Monday from").fill("08:30");
  await page.getByRole("button", { name: "The same until Friday" }).click();
  await page.getByRole("button", { name: "Add hours to Saturday" }).click();
  await page.getByRole("button", { name: "Create" }).click();
  await page.getByText("The schedule is saved.").waitFor();
  await page.locator("form").filter({ has: page.getByLabel("First day") }).getByLabel("Name").fill("Christmas");
  await page.getByLabel("First day").fill("2026-12-24");
  await page.getByLabel("Last day").fill("2026-12-26");
  await page.getByRole("button", { name: "Add the holiday" }).click();
  await page.getByRole("cell", { name: "Dec 24, 2026 to Dec 26, 2026" }).waitFor();
  const { schedules } = await api(page, "GET", "/api/v2/business_hours/schedules");
  must(schedules.length === 1 && schedules[0].intervals.length === 6 && schedules[0].intervals[0].start_time === 1440 + 510, `stored as ${JSON.stringify(schedules[0] && schedules[0].intervals)}`);
  await looks(page, "schedule");
  await inFrench(page, "schedule", () => page.getByText("lundi").first().waitFor());
  await go(page, "/admin/schedules");
  await page.getByText("48.5 hours a week").or(page.getByText("50.5 hours a week")).waitFor();
  await looks(page, "schedules");
}

async function promises(page) {
  step("I8: a policy promises times by priority, is tried on past tickets, and is put into force");
  await go(page, "/admin/sla");
  await page.getByText("Nothing is promised yet.").waitFor();
  await page.getByRole("link", { name: "New policy" }).click();
  await page.getByLabel("Name").fill("Everybody");
  await page.getByLabel("First reply, priority Normal").fill("soon");
  await page.getByText("A time is written as 30m, 4h or 1d 4h.").first().waitFor();
  await page.getByLabel("First reply, priority Normal").fill("4h");
  await page.getByLabel("First reply, priority Urgent").fill("30m");
  await page.getByLabel("First reply: working hours only").uncheck();
  await page.getByLabel("Solved, priority Normal").fill("2d");
  await page.getByRole("button", { name: "Look at the last tickets" }).click();
  await page.getByText(/It fits (one|\d+) of the last|It fits one/).waitFor();
  await looks(page, "sla-policy");
  await page.getByRole("button", { name: "Create" }).click();
  await page.getByText("The policy is saved.").waitFor();
  await inFrench(page, "sla-policy", () => page.getByText("Ce qui est promis").first().waitFor());
  await go(page, "/admin/sla");
  await page.getByRole("link", { name: "Everybody" }).waitFor();
  await looks(page, "sla-policies");
}

async function promisesOfGroups(page) {
  step("I8: groups promise how long they keep a ticket: a policy needs a group, is tried, put in order, changed by two people and deleted");
  const { group } = await api(page, "POST", "/api/v2/groups", { group: { name: "First line" } });
  await page.reload();
  await page.getByRole("button", { name: "Sign out" }).waitFor();
  await go(page, "/admin/group_sla");
  await page.getByText("No group has promised a time yet.").waitFor();
  await looks(page, "group-sla-empty");
  await page.getByRole("link", { name: "New group policy" }).click();
  await page.getByLabel("Name", { exact: true }).fill("Hand on");
  await page.getByLabel("Time with the group, priority Normal", { exact: true }).fill("30m");
  await page.getByLabel("Time with the group, priority Urgent", { exact: true }).fill("10m");
  await page.getByRole("button", { name: /^Remove condition 1: Group/ }).click();
  await page.getByRole("button", { name: "Create" }).click();
  await page.getByRole("alert").filter({ hasText: "has to name the group" }).first().waitFor();
  must((await api(page, "GET", "/api/v2/group_slas/policies")).count === 0, "a policy without a group was sent");
  await page.getByRole("group", { name: "All of these hold" }).getByRole("button", { name: "Add a condition" }).click();
  await page.getByLabel("Condition 1: field", { exact: true }).selectOption("group_id");
  await page.getByLabel("Condition 1: comparison", { exact: true }).selectOption("includes");
  await page.getByRole("checkbox", { name: "First line", exact: true }).check();
  await page.getByRole("button", { name: "Look at the last tickets" }).click();
  await page.getByText(/It fits (one|none|\d+) of the last/).waitFor();
  await looks(page, "group-sla-policy");
  await page.getByRole("button", { name: "Create" }).click();
  await page.getByText("The policy is saved.").waitFor();
  const { group_sla_policies: [made] } = await api(page, "GET", "/api/v2/group_slas/policies");
  must(made.filter.all[0].field === "group_id" && String(made.filter.all[0].value) === String(group.id) && made.policy_metrics.length === 2, `stored as ${JSON.stringify(made)}`);
  await inFrench(page, "group-sla-policy", () => page.getByText("Temps dans le groupe").first().waitFor());
  // Somebody else has changed the same meanwhile.
  await page.getByLabel("Name", { exact: true }).fill("Mine");
  await api(page, "PUT", `/api/v2/group_slas/policies/${made.id}`, { group_sla_policy: { title: "Theirs" } });
  await page.getByRole("button", { name: /^Save(?! mine)/ }).click();
  await page.getByText("You both changed: name.").waitFor();
  await page.getByRole("button", { name: "Save mine over it" }).click();
  await page.getByRole("heading", { name: "Mine", level: 1 }).waitFor();
  await api(page, "POST", "/api/v2/group_slas/policies", { group_sla_policy: { title: "Second", filter: made.filter, policy_metrics: [] } });
  await go(page, "/admin/group_sla");
  await page.getByRole("button", { name: "Move Second up", exact: true }).click();
  await until(async () => (await api(page, "GET", "/api/v2/group_slas/policies")).group_sla_policies[0].title === "Second", "the order");
  await looks(page, "group-sla-policies");
  await inFrench(page, "group-sla-policies", () => page.getByText("Engagements des groupes").first().waitFor());
  await page.getByRole("link", { name: "Second", exact: true }).click();
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByText("“Second” was deleted.").first().waitFor();
  await until(async () => (await api(page, "GET", "/api/v2/group_slas/policies")).count === 1, "it is deleted");
}

async function countdown(page) {
  step("I8: a ticket says what is left of its promised time, and that it was kept");
  await sendMail({ subject: "Promised", text: "When?" });
  await until(async () => (await api(page, "GET", "/api/v2/tickets")).tickets.some((each) => each.subject === "Promised"), "the mail");
  const { tickets } = await api(page, "GET", "/api/v2/tickets");
  const { id } = tickets.find((each) => each.subject === "Promised");
  await go(page, `/tickets/${id}`);
  const promised = page.getByRole("region", { name: "Promised times" });
  await promised.getByText(/^First reply/).first().waitFor();
  await page.locator("header").getByText(/3 hr.* left|4 hr.* left/).waitFor();
  await looks(page, "sla-ticket");
  await api(page, "PUT", "/api/v2/reply_hold", { reply_hold: { seconds: 0 } });
  await page.keyboard.press("r");
  await page.waitForFunction(() => document.activeElement?.classList.contains("ProseMirror"));
  await page.keyboard.type("Today.");
  await page.keyboard.press("Control+Enter");
  await promised.getByText("kept").waitFor();
  await go(page, "/tickets");
  await page.getByRole("button", { name: "Columns" }).click();
  await page.getByLabel("Next promised time").check();
  await page.getByRole("row").filter({ hasText: "Promised" }).getByText(/left/).waitFor();
}

async function senders(page) {
  step("I8: senders are let in or kept out from a held message and from their own page; many are made tickets at once");
  for (let at = 1; at <= 3; at += 1) await sendMail({ from: `eve${at}@bad.example`, subject: `Held ${at}`, text: "Hello there", attachments: [{ filename: "invoice.pdf.exe", content: "MZ something" }] });
  await until(async () => (await api(page, "GET", "/api/v2/suspended_tickets")).suspended_tickets.length === 3, "held mail");
  await go(page, "/suspended");
  const mail = page.getByRole("article", { name: "Held 1" });
  await mail.getByRole("button", { name: "Sender eve1@bad.example: let in or keep out" }).click();
  await page.getByRole("menuitem", { name: "Always keep eve1@bad.example out" }).click();
  await page.getByText("Mail of eve1@bad.example is kept out").waitFor();
  await page.getByLabel("Select all shown").check();
  await page.getByRole("button", { name: /^Make 3 tickets|Make tickets of 3|3/ }).first().click();
  await page.getByText(/^No mail is held back\./).waitFor();
  must((await api(page, "GET", "/api/v2/suspended_tickets")).suspended_tickets.length === 0, "held mail is left");
  await page.getByRole("link", { name: "Senders let in or kept out" }).click();
  await page.getByRole("cell", { name: "eve1@bad.example", exact: true }).waitFor();
  await page.getByLabel("Sender", { exact: true }).fill("not a sender");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByRole("alert").first().waitFor();
  await page.getByLabel("Sender", { exact: true }).fill("good.example");
  await page.locator("form").getByLabel("List").selectOption("allow");
  await page.getByLabel("Note").fill("our supplier");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByRole("cell", { name: "our supplier", exact: true }).waitFor();
  await page.getByRole("button", { name: /^Remove ?: ?good\.example$/ }).click();
  await page.getByText("good.example is on no list any more.").waitFor();
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByRole("cell", { name: "good.example", exact: true }).waitFor();
  await page.getByLabel("Days until it is deleted").fill("9");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Chosen for this workspace.").waitFor();
  await page.getByLabel("Send me a mail each day when something waits").check();
  await page.getByText("One person gets it.").waitFor();
  await looks(page, "senders");
  await inFrench(page, "senders", () => page.getByRole("cell", { name: "toujours admis" }).waitFor());
}

async function keysAndCertificates(page) {
  step("I8: signing keys are changed and given up with a question before, their records stand there to copy; certificates say how long they last");
  await go(page, "/mail/domains/desk.example?step=send");
  const keys = page.getByRole("list", { name: "Signing keys" });
  await keys.getByText("signs", { exact: true }).first().waitFor();
  const before = await keys.getByRole("listitem").count();
  await page.getByRole("button", { name: "Begin a change" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Begin a change" }).click();
  await keys.getByText("waits for its record").first().waitFor();
  must(await keys.getByRole("listitem").count() > before, "no new key is shown");
  await keys.getByRole("button", { name: /^Copy/ }).first().waitFor();
  await looks(page, "dkim-keys");
  await inFrench(page, "dkim-keys", () => page.getByText("attend son enregistrement").first().waitFor());
  await go(page, "/mail/domains/desk.example?step=tls");
  const certificates = page.getByRole("list", { name: "Certificates" });
  await certificates.getByText("For mail").waitFor();
  await certificates.getByText("signed by itself").first().waitFor();
  await certificates.getByText(/good for \d+ more days|ends in/).first().waitFor();
  await looks(page, "certificates");
}

async function ways(page) {
  step("I8: where is my mail? by its sender, its ticket, its Message-ID");
  await go(page, "/mail/trace?q=ada%40sender.example");
  const from = page.getByRole("list", { name: "Received from ada@sender.example" });
  await from.getByText("received", { exact: true }).first().waitFor();
  await from.getByRole("link", { name: /^Show its way/ }).first().waitFor();
  await looks(page, "trace-hits");
  await from.getByRole("link", { name: /^Show its way/ }).first().click();
  await page.getByRole("heading", { name: /^Way of/ }).waitFor();
}

async function live(page) {
  step("I8: requests, answer times and memory are drawn while they are looked at");
  await go(page, "/operate/health");
  await page.getByRole("img", { name: "Answer times of the API" }).locator("canvas").waitFor();
  await page.getByText("The numbers as a table").first().click();
  await page.getByRole("region", { name: "Requests and mail" }).getByRole("row").nth(2).waitFor(); // asked for twice at least
  await looks(page, "health-live");
  await inFrench(page, "health-live", () => page.getByRole("img", { name: "Temps de réponse de l’API" }).locator("canvas").waitFor());
}

async function joining(page) {
  step("I8: somebody who writes to a ticket without belonging to it asks to join, and is let in");
  const sent = await sendMail({ subject: "Ours", text: "Just us." });
  await until(async () => (await api(page, "GET", "/api/v2/tickets")).tickets.some((each) => each.subject === "Ours"), "the mail");
  await sendMail({ from: "Bob <bob@sender.example>", subject: "Re: Ours", text: "May I?", inReplyTo: sent.messageId, references: [sent.messageId] });
  await until(async () => (await api(page, "GET", "/api/v2/tickets")).tickets.some((each) => each.subject === "Re: Ours"), "the answer");
  const { tickets } = await api(page, "GET", "/api/v2/tickets");
  const { id } = tickets.find((each) => each.subject === "Ours");
  await go(page, `/tickets/${id}`);
  const asks = page.getByRole("group", { name: "Somebody asks to join" });
  await asks.getByText(/has written to this ticket/).waitFor();
  await looks(page, "join-request");
  await asks.getByRole("button", { name: "Let in" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Let in" }).click();
  await gone(asks);
  await page.getByRole("article").filter({ hasText: "May I?" }).waitFor();
}

async function compact(page) {
  step("I8: compact density: every screen in light and dark without an axe violation, and none that scrolls sideways at 400 px");
  await page.evaluate(() => localStorage.setItem("postern.look", JSON.stringify({ ...JSON.parse(localStorage.getItem("postern.look") || "{}"), density: "compact" })));
  await page.reload();
  await page.getByRole("button", { name: "Sign out" }).waitFor();
  must(await page.evaluate(() => document.documentElement.dataset.density === "compact"), "the page is not compact");
  const places = await page.locator("nav a[href^='#/']").evaluateAll((list) => [...new Set(list.map((each) => each.getAttribute("href").slice(1)))]);
  must(places.length > 25, `only ${places.length} places`);
  for (const place of [...places, "/tickets/1", "/tickets/new", "/suspended/senders"]) {
    await go(page, place);
    await page.locator("main h1").first().waitFor({ state: "attached" });
    await page.waitForFunction(() => [...document.querySelectorAll('main [role="status"]')].every((each) => each.textContent !== "Loading…"));
    await drawn(page);
    await page.screenshot({ path: `${folder}/compact${place.replaceAll("/", "-")}.png` });
    await accessible(page, `compact ${place}`);
    await page.emulateMedia({ colorScheme: "dark" });
    await drawn(page);
    await accessible(page, `compact ${place} dark`);
    await page.emulateMedia({ colorScheme: "light" });
    await page.setViewportSize({ width: 400, height: 850 });
    await drawn(page);
    if (await overflows(page)) problems.push(`compact ${place} scrolls sideways at 400 px`);
    await page.setViewportSize({ width: 1280, height: 850 });
  }
}

run(async (browser) => {
  const page = await person(browser);
  await enrol(page);
  await sendMail({ subject: "The first", text: "Hello" });
  await until(async () => (await api(page, "GET", "/api/v2/tickets")).tickets.length === 1, "the first mail");
  await workingHours(page);
  await promises(page);
  await promisesOfGroups(page);
  await countdown(page);
  await senders(page);
  await keysAndCertificates(page);
  await ways(page);
  await live(page);
  await joining(page);
  await compact(page);
});
