// burst.js ORIGIN TOKEN PASSWORD SMTP_PORT FOLDER: changes without end while the page is open and while it is loaded: what comes is
// shown while they come, not when they have ended; and the far end of a list too long to be read whole.
const { api, enrol, go, person, run, step, until } = require("./kit");

const kTickets = 1100; // more than a list is read to its end
const kAtOnce = 100;
const kLoops = 4;
const ticket = (number) => ({ subject: `The engine stops (${number})`, comment: { body: `Engine number ${number} stops.`, public: false }, requester: { name: `Customer ${number % 5}`, email: `customer${number % 5}@sender.example` } });

// Changes tickets as fast as the server does it, until it is told to stop.
const startFlood = (page) => page.evaluate(async (loops) => {
  const token = (await (await fetch("/api/v2/session")).json()).session.csrf_token;
  window.__flood = { isOn: true, done: 0 };
  const loop = async (id) => {
    for (let turn = 0; window.__flood.isOn; turn += 1) {
      await fetch(`/api/v2/tickets/${id}`, { method: "PUT", headers: { "Content-Type": "application/json", "X-CSRF-Token": token }, body: JSON.stringify({ ticket: { priority: turn % 2 ? "low" : "high" } }) }).catch(() => {});
      window.__flood.done += 1;
    }
  };
  for (let id = 1; id <= loops; id += 1) void loop(id);
}, kLoops);
const changes = (page) => page.evaluate(() => window.__flood.done);
const stopFlood = (page) => page.evaluate(() => { window.__flood.isOn = false; });

const rows = (page) => page.getByRole("row").filter({ has: page.locator("[data-subject]") });
const railCount = (page, view) => page.getByRole("region", { name: "Views" }).getByRole("link", { name: new RegExp(`^${view}`) }).locator("[data-count]");
const counts = (page, number) => until(async () => (await railCount(page, "All unsolved tickets").textContent()).replace(/\D/g, "") === String(number), `the rail counts ${number}`);

run(async (browser) => {
  const page = await person(browser);
  const feeder = await page.context().newPage();
  await enrol(page);
  await feeder.goto(page.url());
  for (let from = 0; from < kTickets; from += kAtOnce) await api(feeder, "POST", "/api/v2/tickets/create_many", { tickets: Array.from({ length: kAtOnce }, (_, at) => ticket(from + at)) });
  await until(async () => (await api(feeder, "GET", "/api/v2/tickets/count")).count.value === kTickets, "the tickets are made");
  await page.bringToFront();
  await go(page, "/tickets");
  await rows(page).nth(3).waitFor();
  await counts(page, kTickets);
  await startFlood(feeder);
  await until(async () => (await changes(feeder)) > 20, "the flood is on");

  step("I8: an open list shows a new ticket, and the rail counts it, while changes go on without end");
  await api(page, "POST", "/api/v2/tickets", { ticket: { ...ticket(999), subject: "Comes in the flood" } });
  await page.getByRole("link", { name: "Comes in the flood", exact: true }).waitFor();
  await counts(page, kTickets + 1);

  step("I8: a page that is loaded in the middle of them shows its list");
  await page.reload();
  await rows(page).nth(3).waitFor();
  await counts(page, kTickets + 1);

  step("I8: when they have ended the list is as the server has it");
  await stopFlood(feeder);
  await api(page, "PUT", "/api/v2/tickets/7", { ticket: { subject: "The last one to change" } });
  await until(async () => (await rows(page).first().innerText()).includes("The last one to change"), "the last change stands first");

  step("I8: End goes to the last of a long list at once, and again to the first; a view has its end, too");
  const oldest = (await api(page, "GET", "/api/v2/tickets?sort=updated_at&page[size]=1")).tickets[0];
  await page.keyboard.press("End");
  await page.getByRole("link", { name: "The newest first", exact: true }).waitFor();
  const atFirst = (subject) => page.waitForFunction((words) => document.activeElement?.matches("[data-subject]") && document.activeElement.textContent === words, subject);
  await atFirst(oldest.subject);
  await page.keyboard.press("End");
  await page.getByRole("link", { name: "The oldest first", exact: true }).waitFor();
  await atFirst("The last one to change");
  const { views } = await api(page, "GET", "/api/v2/views/active");
  const { id } = views.find((each) => each.title === "All unsolved tickets");
  const last = (await api(page, "GET", `/api/v2/views/${id}/tickets?reverse=true&page[size]=1`)).tickets[0];
  await go(page, `/views/${id}`);
  await rows(page).nth(3).waitFor();
  await page.getByRole("link", { name: "From the end", exact: true }).click();
  await page.getByRole("link", { name: "From the beginning", exact: true }).waitFor();
  await until(async () => (await rows(page).first().innerText()).includes(last.subject), "the end of the view stands first");
});
