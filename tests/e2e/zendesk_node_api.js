// zendesk_node_api.js URL EMAIL TOKEN: the everyday calls of another public client (zendesk-node-api), as its users make them;
// prints what it saw as JSON. The certificate comes through NODE_EXTRA_CA_CERTS.
const Zendesk = require("zendesk-node-api");

const [url, email, token] = process.argv.slice(2);
const client = Zendesk({ url, email, token });

(async () => {
  const seen = {};
  seen.tickets = (await client.tickets.list("page[size]=100")).length;
  const made = (await client.tickets.create({ subject: "From the other client", comment: { body: "Hello." }, requester: { name: "Yan", email: "yan@customer.example" } })).ticket;
  seen.made = made.subject;
  seen.updated = (await client.tickets.update(made.id, { status: "pending", tags: ["other"] })).ticket.status;
  seen.shown = (await client.tickets.show(made.id)).tags;
  seen.many = (await client.tickets.showMany([made.id])).map((each) => each.id === made.id);
  const organization = (await client.organizations.create({ name: "Umbrella" })).organization;
  seen.organizations = (await client.organizations.list()).map((each) => each.name);
  const user = (await client.users.create({ name: "Xenia", email: "xenia@customer.example", organization_id: organization.id })).user;
  seen.again = (await client.users.createOrUpdate({ name: "Xenia Z", email: "xenia@customer.example" })).user.id === user.id;
  seen.user = (await client.users.show(user.id)).name;
  seen.fields = (await client.ticketFields.list()).map((each) => each.type);
  seen.macro = (await client.macros.create({ title: "Close", actions: [{ field: "status", value: "solved" }] })).macro.title;
  seen.macros = (await client.macros.list()).map((each) => each.title);
  seen.found = (await client.search.list("query=type:ticket tags:other")).map((each) => each.id === made.id);
  seen.deleted = await client.tickets.delete(made.id);
  console.log(JSON.stringify(seen));
})().catch((error) => { console.error(error); process.exit(1); });
