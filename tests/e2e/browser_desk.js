// browser_desk.js: a desk in memory behind the real page: serves the built page (the folder in POSTERN_UI) with the policy that the
// server gives it, and answers the API as a test wants it, late, wrong or not at all, which the real server cannot be asked to
// do. Loopback only; plain HTTP, which browsers trust there.
const crypto = require("node:crypto");
const fs = require("node:fs");
const http = require("node:http");
const path = require("node:path");
const zlib = require("node:zlib");

const UI = process.env.POSTERN_UI || path.join(__dirname, "../../build/release/ui");
const TYPES = { ".js": "text/javascript", ".css": "text/css", ".html": "text/html", ".svg": "image/svg+xml" };
const AT = "2026-11-22T09:00:00Z";

const VERDICTS = {
  helo: { result: "fail" }, dns_lists: [{ list: "zen.example", answer: "127.0.0.2", is_allow: false }],
  dns: [{ method: "spf", name: "spam.example", type: "TXT", status: "ok", is_secure: false, records: ["v=spf1 -all"] }],
  spf: { result: "fail", identity: "mailfrom", domain: "spam.example", reason: "", explanation: "" }, dkim: [],
  dmarc: { result: "fail", policy: "none", disposition: "none", domain: "spam.example", aligned_by: [], overridden_by: null, reason: "" },
  arc: { result: "none", instances: 0, sealer: "", is_trusted: false, sealed_dmarc: "none", reason: "" }, iprev: { result: "none", name: "" },
  spam: { score: 6.25, action: "suspend", symbols: [{ name: "NO_PTR", weight: 2.5 }] }, parse: { degraded: false, defects: [] },
};

// A file of the page; the build keeps those compressed that are worth it.
function fileOf(name) {
  const file = path.join(UI, name);
  if (fs.existsSync(file)) return fs.readFileSync(file);
  return fs.existsSync(`${file}.gz`) ? zlib.gunzipSync(fs.readFileSync(`${file}.gz`)) : null;
}

class Desk {
  constructor() {
    this.user = { id: 7, name: "Olga", email: "olga@desk.example", role: "admin" };
    this.tickets = new Map();
    this.held = [];
    this.agents = [this.user];
    this.asked = [];     // "GET /api/v2/…" of every request
    this.bodies = [];    // of PUT, parsed
    this.streams = new Set();
    this.refusesStreams = false;
    this.hasForgotten = false; // a place in the feed is not known any more
    this.sequence = 10;
    this.gates = new Map();
    this.marks = new Map();  // redactions that are called wrong
    this.drafts = new Map();  // of all users: "user ticket" to {body, public, revision}
    this.people = [{ id: 9, name: "Ann", email: "ann@customer.example", role: "end-user" }];
    this.permissions = ["tickets:read", "notes:write", "tickets:reply", "tickets:write", "tickets:delete", "comments:redact", "users:read"];
  }

  addTicket(id, subject) {
    const ticket = {
      id, subject, status: "open", requester_id: 9, assignee_id: null, email_cc_ids: [], recipient: "support@desk.example",
      comment_count: 1, claims_ticket_id: null, follow_up_of_id: null, merged_into_id: null, problem_id: null, version: 1, created_at: AT, updated_at: AT,
      custom_status_id: 2, priority: null, type: null, group_id: null, organization_id: null, follower_ids: [], tags: [], custom_fields: [], ticket_form_id: null, due_at: null,
    };
    const comment = {
      id: id * 100, author_id: 9, body: `text of ${subject}`, body_truncated: false, text_url: "/t", html_url: null, raw_url: null,
      public: true, attachments: [], delivery: null, verdicts: null, redactions: [], created_at: AT,
    };
    this.tickets.set(String(id), { ticket, comments: [comment] });
  }

  addHeld(id, subject) {
    this.held.unshift({
      id, subject, url: `/api/v2/suspended_tickets/${id}`, author: { id: null, email: "mallory@spam.example" }, recipient: "support@desk.example",
      cause: "spam", score: 6.25, verdicts: VERDICTS, redactions: [], created_at: AT, updated_at: AT,
    });
  }

  // Requests whose "VERB path" begins like that wait until the returned function is called; `arrived` tells when one does.
  hold(prefix) {
    let release;
    let arrive;
    const gate = { done: new Promise((resolve) => { release = resolve; }), arrived: new Promise((resolve) => { arrive = resolve; }) };
    gate.arrive = arrive;
    this.gates.set(prefix, gate);
    return { arrived: gate.arrived, release: () => { this.gates.delete(prefix); release(); } };
  }

  tell(changes) {
    this.sequence += 1;
    const text = `id: ${this.sequence}\nevent: change\ndata: ${JSON.stringify({ sequence: this.sequence, created_at: AT, changes })}\n\n`;
    for (const stream of this.streams) stream.write(text);
  }

  start() {
    this.server = http.createServer((request, response) => {
      this.answer(request, response).catch((problem) => { response.statusCode = 500; response.end(String(problem)); });
    });
    return new Promise((resolve) => {
      this.server.listen(0, "127.0.0.1", () => resolve(`http://localhost:${this.server.address().port}`));
    });
  }

  stop() {
    this.server.close();
    this.server.closeAllConnections();
  }

  async answer(request, response) {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const url = new URL(request.url, "http://localhost");
    const user = this.user;  // who asked, whoever is signed in when the answer goes out
    const key = `${request.method} ${request.url}`;
    this.asked.push(key);
    for (const [prefix, gate] of this.gates) {
      if (!key.startsWith(prefix)) continue;
      gate.arrive();
      await gate.done;
    }
    if (url.pathname.startsWith("/api/v2/")) return this.api(request, response, url, Buffer.concat(chunks), user);
    return this.page(response, url.pathname === "/" ? "index.html" : path.basename(url.pathname));
  }

  page(response, name) {
    const content = fileOf(name);
    if (content === null) { response.statusCode = 404; response.end(); return; }
    response.setHeader("Content-Type", TYPES[path.extname(name)] || "application/octet-stream");
    if (name !== "index.html") { response.end(content); return; }
    const nonce = crypto.randomBytes(12).toString("base64");
    response.setHeader("Content-Security-Policy", `default-src 'self'; script-src 'nonce-${nonce}'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'`);
    response.end(content.toString("utf8").replaceAll("{{nonce}}", nonce));
  }

  stream(request, response, url) {
    if (this.refusesStreams) { response.statusCode = 429; response.end(); return; }
    const after = Number(request.headers["last-event-id"] || url.searchParams.get("after") || this.sequence);
    response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
    response.write(`retry: 500\nid: ${after}\nevent: hello\ndata: {"sequence":${after}}\n\n`);
    this.streams.add(response);
    response.on("close", () => this.streams.delete(response));
  }

  api(request, response, url, body, user) {
    const where = url.pathname.slice("/api/v2/".length);
    const send = (value, status = 200) => {
      response.writeHead(status, { "Content-Type": "application/json", ETag: '"1"' });
      response.end(JSON.stringify(value));
    };
    const page = (name, list) => send({ [name]: list, meta: { has_more: false, after_cursor: null }, links: { next: null } });
    const missing = () => send({ status: 404, title: "Not Found", error: "RecordNotFound" }, 404);
    if (where === "changes/stream") return this.stream(request, response, url);
    if (where === "session" && request.method === "DELETE") { this.user = null; response.writeHead(204); return response.end(); }
    if (where === "session" && request.method === "POST") {
      this.user = this.nextUser || { id: 8, name: "Piet", email: "piet@desk.example", role: "agent" };
      return send({ user: this.user, session: { csrf_token: "c2" }, permissions: this.permissions }, 201);
    }
    if (!user) return send({ status: 401, title: "Unauthorized" }, 401);
    if (where === "changes") return this.hasForgotten ? send({ status: 410, title: "Gone" }, 410) : send({ changes: [], after: this.sequence, end_of_stream: true });
    if (where === "session") return send({ user, session: { csrf_token: "c1" }, permissions: this.permissions });
    if (where === "users/me") return send({ user });
    if (where === "users") return page("users", this.agents.map((each) => ({ ...each, active: true })));
    if (where === "users/show_many") return send({ users: this.people.filter((each) => url.searchParams.get("ids").split(",").includes(String(each.id))).concat(this.agents) });
    const nothing = { ticket_fields: [], ticket_forms: [], custom_statuses: [], groups: [], views: [], "users/9/organizations": [] }[where];
    if (nothing) return page(where.split("/").at(-1), nothing);
    if (where === "reply_hold") return send({ reply_hold: { seconds: 0 } });
    if (/^views/.test(where)) return this.views(where, page, send);
    if (where === "uploads") return send({ upload: { token: "u1", attachment: { file_name: "a.txt", size: 3 } } }, 201);
    if (where === "tickets/count") return send({ count: { by_status: { open: this.tickets.size } } });
    if (where === "tickets/show_many") return send({ tickets: [] });
    if (where === "tickets") return page("tickets", [...this.tickets.values()].map((each) => each.ticket));
    const redacted = /^tickets\/(\d+)\/comments\/(\d+)(?:\/attachments\/(\d+))?\/redact$/.exec(where);
    if (redacted) return this.redact(redacted, body, { send, missing });
    const marked = /^tickets\/\d+\/comments\/(\d+)\/redaction_feedback$/.exec(where);
    if (marked) return this.feedback(request, url, marked[1], body, { send });
    const draft = /^tickets\/(\d+)\/draft$/.exec(where);
    if (draft) return this.draft(request, response, `${user.id} ${draft[1]}`, body, send);
    const ticket = /^tickets\/(\d+)(\/\w+)?$/.exec(where);
    if (ticket) return this.oneTicket(request, ticket, body, { send, page, missing }, url);
    return this.suspended(request, response, where, { send, page, missing });
  }

  views(where, page, send) {
    if (where === "views/count_many") return send({ view_counts: [] });
    return page("views", []);
  }

  draft(request, response, key, body, send) {
    const known = this.drafts.get(key) || null;
    if (request.method === "DELETE") { this.drafts.delete(key); response.writeHead(204); return response.end(); }
    if (request.method === "PUT") {
      const { draft } = JSON.parse(body.toString());
      if (draft.revision !== undefined && draft.revision !== (known?.revision || 0)) return send({ status: 409, title: "Conflict" }, 409);
      this.drafts.set(key, { ...draft, revision: (known?.revision || 0) + 1, updated_at: AT });
    }
    return send({ draft: this.drafts.get(key) || null });
  }

  oneTicket(request, [, id, part], body, { send, page, missing }, url) {
    const known = this.tickets.get(id);
    if (!known) return missing();
    const after = Number(url.searchParams.get("page[after]") || 0);
    if (part === "/comments") return page("comments", known.comments.filter((each) => each.id > after));
    if (part === "/events") return page("events", []);
    if (part === "/presence") return send({ presence: { ticket_id: Number(id), others: [] } });
    if (request.method === "PUT") {
      const change = JSON.parse(body.toString()).ticket;
      this.bodies.push(change);
      if (change.comment) this.drafts.delete(`${this.user.id} ${id}`);
      if (change.comment) known.comments.push({ ...known.comments[0], id: known.comments.length + Number(id) * 100, author_id: 7, body: change.comment.body });
    }
    return send({ ticket: known.ticket });
  }

  feedback(request, url, comment, body, { send }) {
    const key = ({ rule, part, where }) => JSON.stringify([comment, rule, part, where]);
    if (request.method === "POST") {
      const mark = JSON.parse(body.toString()).redaction_feedback;
      this.marks.set(key(mark), mark);
      return send({ redaction_feedback: mark }, 201);
    }
    if (request.method === "DELETE") {
      const found = this.marks.delete(key(Object.fromEntries(url.searchParams)));
      return send(null, found ? 204 : 404);
    }
    return send({ redaction_feedback: [...this.marks.values()] });
  }

  redact([, id, comment, file], body, { send, missing }) {
    const found = this.tickets.get(id)?.comments.find((each) => String(each.id) === comment);
    if (!found) return missing();
    found.redactions = [...found.redactions, { rule: "manual", brand: "", part: "", where: file ? "attachment" : "comment", count: 1 }];
    const redaction = { count: 1, also_in_comment_ids: [], being_sent: false, kept_for_other_tickets: 0 };
    if (file) {
      const attachment = found.attachments.find((each) => String(each.id) === file);
      Object.assign(attachment, { file_name: "redacted.txt", replaced: true, size: 9 });
      return send({ attachment, redaction });
    }
    const { text } = JSON.parse(body.toString());
    found.body = found.body.replaceAll(text, "\u2587".repeat(text.length));
    const others = this.tickets.get(id).comments.filter((each) => each !== found && each.body.includes(text));
    return send({ comment: found, redaction: { ...redaction, also_in_comment_ids: others.map((each) => each.id) } });
  }

  suspended(request, response, where, { send, page, missing }) {
    if (where === "suspended_tickets") return page("suspended_tickets", this.held);
    if (where === "suspended_tickets/count") return send({ count: { value: this.held.length, has_more: false } });
    const [, id, action] = /^suspended_tickets\/([\d-]+)(\/recover)?$/.exec(where) || [];
    const found = this.held.find((each) => each.id === id);
    if (!found) return missing();
    if (request.method === "GET") return send({ suspended_ticket: { ...found, content: "buy 4111 11▇▇ ▇▇▇▇ 1111", content_truncated: false, attachments: [] } });
    this.held = this.held.filter((each) => each !== found);
    this.tell([{ kind: action ? "ticket.created" : "mail.deleted", object: 99, detail: 0 }]);
    if (request.method === "DELETE") { response.writeHead(204); return response.end(); }
    this.addTicket(99, found.subject);
    return send({ ticket: this.tickets.get("99").ticket });
  }
}

module.exports = { Desk };
