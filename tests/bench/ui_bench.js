// ui_bench.js ORIGIN TOKEN PASSWORD SMTP_PORT FOLDER: what the web app costs in Chromium before a real server with many tickets.
// Prints one JSON line. Times are of the page's own clock, from the event to the frame that shows what it asked for.
const { api, enrol, go, launch, origin, person } = require("../e2e/ui/kit");

const kSwitches = 60;
const kScrollMs = 8000;
const kListMost = Number(process.env.POSTERN_ROWS || 100000);

const sorted = (list) => [...list].sort((a, b) => a - b);
const at = (list, share) => sorted(list)[Math.min(list.length - 1, Math.floor(list.length * share))] ?? null;
const round = (value) => (value === null ? null : Math.round(value * 10) / 10);
const stats = (list) => ({ count: list.length, p50: round(at(list, 0.5)), p95: round(at(list, 0.95)), p99: round(at(list, 0.99)), max: round(at(list, 1)) });

// Bytes on the wire, packed, by the browser's own account.
async function bytesOf(page, work) {
  const client = await page.context().newCDPSession(page);
  await client.send("Network.enable");
  await client.send("Network.setCacheDisabled", { cacheDisabled: true });
  const urls = new Map();
  const sum = { app: 0, api: 0, requests: 0 };
  client.on("Network.responseReceived", (event) => urls.set(event.requestId, event.response.url));
  client.on("Network.loadingFinished", (event) => {
    const url = urls.get(event.requestId) ?? "";
    sum[url.includes("/api/") ? "api" : "app"] += event.encodedDataLength;
    sum.requests += 1;
  });
  const since = Date.now();
  await work();
  const ms = Date.now() - since;
  await page.waitForTimeout(1500); // what is fetched ahead is no part of being usable, and is told apart
  const after = { ...sum };
  await client.detach();
  return { ms, app_kb: round(sum.app / 1024), api_kb: round(sum.api / 1024), requests: after.requests };
}

// Every interaction that the browser reports; the quick ones it does not are counted as its threshold.
const watchInteractions = (page) => page.evaluate(() => {
  window.__interactions = new Map();
  window.__interactionsBefore = performance.interactionCount ?? 0;
  new PerformanceObserver((list) => {
    for (const each of list.getEntries()) if (each.interactionId) window.__interactions.set(each.interactionId, Math.max(window.__interactions.get(each.interactionId) ?? 0, each.duration));
  }).observe({ type: "event", durationThreshold: 16, buffered: false });
});
const interactionsOf = (page) => page.evaluate(() => {
  const slow = [...window.__interactions.values()];
  const all = (performance.interactionCount ?? slow.length) - window.__interactionsBefore;
  return [...Array(Math.max(0, all - slow.length)).fill(16), ...slow];
});

const shown = (page) => page.locator("[data-ticket]:not([role=row]) [data-comment]").first().waitFor();

async function switches(page) {
  await go(page, "/tickets");
  await page.getByRole("row").nth(3).waitFor();
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await shown(page);
  const times = [];
  for (let each = 0; each < kSwitches; each += 1) {
    await page.waitForTimeout(350); // as long as somebody at least looks; what comes next is fetched meanwhile
    times.push(await page.evaluate(() => new Promise((resolve) => {
      const now = document.querySelector("[data-ticket]:not([role=row])").getAttribute("data-ticket");
      const since = performance.now();
      const watch = () => (document.querySelector(`[data-ticket]:not([role=row]):not([data-ticket="${now}"]) [data-comment]`)
        ? requestAnimationFrame(() => { const channel = new MessageChannel(); channel.port1.onmessage = () => resolve(performance.now() - since); channel.port2.postMessage(0); })
        : setTimeout(watch, 0));
      document.dispatchEvent(new KeyboardEvent("keydown", { key: "J", shiftKey: true, bubbles: true }));
      watch();
    })));
  }
  return times;
}

// To the end of the list, page after page, then up and down through what is loaded.
async function scrolling(page) {
  await go(page, "/tickets");
  await page.getByRole("row").nth(3).waitFor();
  const since = Date.now();
  const loaded = await page.evaluate(async (most) => {
    const box = document.querySelector("[data-scroller]");
    window.__box = box;
    let rows = 0;
    let still = 0;
    while (rows < most && still < 400) {
      box.scrollTop = box.scrollHeight;
      await new Promise((resolve) => setTimeout(resolve, 10));
      const now = Math.round(box.scrollHeight / (document.querySelector("[role=row][data-ticket]")?.offsetHeight || 44));
      still = now > rows ? 0 : still + 1;
      rows = Math.max(rows, now);
    }
    return rows;
  }, kListMost);
  const loadMs = Date.now() - since;
  const box = await page.evaluate(() => { const { x, y, width, height } = window.__box.getBoundingClientRect(); return { x: x + width / 2, y: y + height / 2 }; });
  await page.mouse.move(box.x, box.y);
  await page.evaluate(() => { window.__box.scrollTop = window.__box.scrollHeight / 2; });
  await page.waitForTimeout(1000);
  await page.evaluate((ms) => {
    window.__frames = [];
    window.__blank = 0;
    const end = performance.now() + ms;
    let last = performance.now();
    const frame = (now) => {
      window.__frames.push(now - last);
      last = now;
      const { x, y, width, height } = window.__box.getBoundingClientRect();
      if (!document.elementFromPoint(x + width / 2, y + height / 2)?.closest("[role=row]")) window.__blank += 1;
      if (now < end) requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  }, kScrollMs);
  const client = await page.context().newCDPSession(page);
  const until = Date.now() + kScrollMs;
  for (let turn = 0; Date.now() < until; turn += 1) {
    await client.send("Input.dispatchMouseEvent", { type: "mouseWheel", x: box.x, y: box.y, deltaX: 0, deltaY: turn % 200 < 100 ? 160 : -160 });
    await new Promise((resolve) => { setTimeout(resolve, 12); });
  }
  await page.waitForTimeout(300);
  const { frames, blank } = await page.evaluate(() => ({ frames: window.__frames.slice(2), blank: window.__blank }));
  const mean = frames.reduce((sum, each) => sum + each, 0) / frames.length;
  return { rows: loaded, load_ms: loadMs, fps: round(1000 / mean), frames: frames.length, late: frames.filter((each) => each > 25).length, longest_ms: round(Math.max(...frames)), blank };
}

async function working(page) {
  await go(page, "/tickets");
  await page.getByRole("row").nth(3).waitFor();
  await page.waitForTimeout(500);
  await watchInteractions(page);
  for (let each = 0; each < 60; each += 1) { await page.keyboard.press(each % 3 === 2 ? "x" : "j"); await page.waitForTimeout(40); }
  await page.keyboard.press("Escape");
  for (let each = 0; each < 10; each += 1) {
    await page.keyboard.press("Enter");
    await shown(page);
    await page.waitForTimeout(250);
    await page.keyboard.press("x");
    await page.waitForFunction(() => document.activeElement?.classList.contains("ProseMirror"));
    await page.keyboard.type("a note while somebody reads along, word by word", { delay: 12 });
    await page.keyboard.press("Control+a");
    await page.keyboard.press("Delete");
    await page.keyboard.press("Escape");
    for (const key of ["2", "3", "1"]) { await page.keyboard.press(key); await page.waitForTimeout(80); }
    await page.keyboard.press("Control+k");
    await page.getByRole("dialog").waitFor();
    await page.keyboard.type("suspended", { delay: 15 });
    await page.keyboard.press("Escape");
    await page.keyboard.press("u");
    if (!(await page.getByRole("row").nth(3).isVisible().catch(() => false))) await go(page, "/tickets");
    await page.getByRole("row").nth(3).waitFor();
    await page.keyboard.press("j");
  }
  await page.waitForTimeout(500);
  return interactionsOf(page);
}

(async () => {
  const browser = await launch();
  const page = await person(browser);
  const out = {};
  out.sign_in_page = await bytesOf(page, async () => { await page.goto(`${origin}/`); await page.getByLabel("E-mail").waitFor(); });
  await enrol(page);
  out.tickets = (await api(page, "GET", "/api/v2/tickets/count")).count.value;
  await go(page, "/tickets");
  out.desk_page = await bytesOf(page, async () => { await page.reload(); await page.getByRole("row").nth(3).waitFor(); });
  out.switch_ms = stats(await switches(page));
  out.interaction_ms = stats(await working(page));
  out.scroll = await scrolling(page);
  out.heap_mb = round((await page.evaluate(() => performance.memory?.usedJSHeapSize ?? 0)) / 2 ** 20);
  await browser.close();
  console.log(JSON.stringify(out));
})().catch((error) => { console.error(error); process.exit(1); });
