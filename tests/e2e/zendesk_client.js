// zendesk_client.js ENDPOINT EMAIL TOKEN: signs in with node-zendesk as its users do, lists, reads and updates tickets, and
// prints what it saw as JSON. The certificate comes through NODE_EXTRA_CA_CERTS.
const { createClient } = require("node-zendesk");

const [endpointUri, username, token] = process.argv.slice(2);
const client = createClient({ username, token, endpointUri });

const refused = async (call) => {
  try {
    await call();
  } catch (error) {
    return error.message;
  }
  return "accepted";
};

(async () => {
  const seen = {};
  seen.me = (await client.users.me()).result;
  const tickets = await client.tickets.list();
  seen.tickets = tickets.map((each) => ({ id: each.id, subject: each.subject, status: each.status }));
  const id = tickets[0].id;
  seen.shown = (await client.tickets.show(id)).result;
  seen.comments = await client.tickets.getComments(id);
  seen.updated = (await client.tickets.update(id, { ticket: { status: "pending", comment: { body: "On its way.", public: false } } })).result;
  seen.after = (await client.tickets.show(id)).result;
  seen.count = (await client.tickets.getComments(id)).length;
  seen.users = (await client.users.list()).length;
  const field = (await client.ticketfields.create({ ticket_field: { type: "tagger", title: "Colour", custom_field_options: [{ name: "Red", value: "red" }] } })).result;
  const made = (await client.tickets.create({ ticket: { subject: "Made here", comment: { body: "Hello.", public: false }, requester: { name: "Zoe", email: "zoe@customer.example" },
    priority: "high", tags: ["one"], custom_fields: [{ id: field.id, value: "red" }] } })).result;
  seen.made = made;
  seen.many = (await client.tickets.showMany([id, made.id])).result.map((each) => each.id);
  await client.tickets.addTags(made.id, { tags: ["two"] });
  seen.tagged = (await client.tickets.show(made.id)).result.tags;
  seen.audits = (await client.tickets.exportAudit(made.id)).length;
  seen.fields = (await client.ticketfields.list()).map((each) => each.title);
  seen.tags = (await client.tags.list()).map((each) => each.name);
  seen.missing = await refused(() => client.tickets.show(999999));
  const thief = createClient({ username, token: token.slice(0, -1) + (token.endsWith("A") ? "B" : "A"), endpointUri });
  seen.thief = await refused(() => thief.tickets.list());
  const other = createClient({ username: "somebody@else.example", token, endpointUri });
  seen.other = await refused(() => other.tickets.list());
  console.log(JSON.stringify(seen));
})().catch((error) => { console.error(error); process.exit(1); });
