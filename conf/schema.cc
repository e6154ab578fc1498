#include "conf/schema.h"

namespace postern::conf {
namespace {

constexpr TableInfo kTables[] = {
    {"server", "The process as a whole."},
    {"smtp", "Receiving mail. Limits answer with the reply that their comment names."},
    {"web", "The HTTPS API and the web pages."},
    {"operator", "Plain HTTP for monitoring: /metrics, /healthz, /readyz. Keep it on loopback or a private network."},
    {"dns", "Name resolution, for SPF, DKIM, DMARC and delivery."},
    {"pipeline", "What is done to a message before it is stored."},
    {"redaction", "How far messages and files are looked into for what must not be stored. Rules are not here: postern rules --help."},
    {"sender", "Who really sent it: whom to believe beside SPF, DKIM and DMARC."},
    {"dkim", "Signing keys of outgoing mail."},
    {"reports", "DMARC aggregate reports (RFC 9990) and TLS reports (RFC 8460): those we send to the domains that ask for them, and those we receive."},
    {"delivery", "Sending replies."},
    {"auth", "Accounts and sessions."},
    {"audit", "The audit log: where copies go as it grows, and how long it is kept. See docs/audit.md."},
    {"tickets", "Tickets and the outgoing queue."},
    {"webhooks", "Requests to programs of others when something happens. See docs/webhooks.md."},
    {"feeds", "Deny lists that block_feeds names by URL: how they are fetched. The last good copy holds until there is a better one."},
    {"text_messages", "Codes by text message as a further second factor, through an HTTP gateway. Off without a url. See docs/people.md."},
};

using Fields = std::vector<Field<GatewayOptions>>;

constexpr std::int64_t kCountMax = 1'000'000;      // more is a slip of the keyboard
constexpr std::int64_t kDay = 86'400;              // seconds
constexpr std::int64_t kBytesMin = 65'536;         // RFC 5321 section 4.5.3.1.7: of a message, at least
constexpr std::int64_t kMessageBytesMax = 1 << 30;
constexpr std::int64_t kMemoryMax = 1LL << 40;
constexpr std::int64_t kPageMax = 100;             // as the Zendesk Support API

// `bounds` is there for numbers, and must be: see conf/field.h.
template <class Access, class... Limits>
void add(Fields& out, std::string_view table, std::string_view key, std::string_view comment, Access access, Limits... bounds) {
  out.push_back(field<GatewayOptions>(table, key, comment, access, bounds...));
}

void add_server(Fields& out) {
  auto row = [&out](std::string_view key, std::string_view comment, auto access, auto... bounds) {
    add(out, "server", key, comment, access, bounds...);
  };
  row("hostname", "This server's name in DNS: greets in SMTP, signs Message-IDs. Needs a PTR record.",
      [](GatewayOptions& o) -> auto& { return o.process.hostname; });
  row("data", "Folder of the store, keys and certificates. Relative paths below are relative to it.",
      [](GatewayOptions& o) -> auto& { return o.process.data; });
  row("user", "After binding its ports the server becomes this user. Empty: it stays who it is.",
      [](GatewayOptions& o) -> auto& { return o.process.user; });
  row("threads", "Threads for connections. 0: one a core.",
      [](GatewayOptions& o) -> auto& { return o.process.threads; }, Bounds{0, 1024});
  row("scan_threads", "Threads for scanning large messages and for password hashing. 0: one a core.",
      [](GatewayOptions& o) -> auto& { return o.process.scan_threads; }, Bounds{0, 1024});
  row("log_level", "debug, info, warn or error. No level prints content of messages.",
      [](GatewayOptions& o) -> auto& { return o.process.log_level; });
  row("master_key_file", "32 bytes that wrap all data keys. Back it up apart from the data: without it nothing can be read.",
      [](GatewayOptions& o) -> auto& { return o.process.master_key_file; });
  row("encrypt_files", "Encrypt every file of the store and seal all content (AES-256). Fixed when the store is made; false is for tests\nthat search the files.",
      [](GatewayOptions& o) -> auto& { return o.process.encrypt_files; });
  row("node", "Different on each machine of a cluster, 0 to 15: part of every id.",
      [](GatewayOptions& o) -> auto& { return o.process.node; }, Bounds{0, 15});
  row("drain_max_seconds", "How long a stopping server lets running sessions finish. 0: not at all.",
      [](GatewayOptions& o) -> auto& { return o.process.drain_max; }, Bounds{0, 3600});
}

void add_smtp(Fields& out) {
  auto row = [&out](std::string_view key, std::string_view comment, auto access, auto... bounds) {
    add(out, "smtp", key, comment, access, bounds...);
  };
  row("listen", "Addresses for mail from other servers (port 25, STARTTLS).",
      [](GatewayOptions& o) -> auto& { return o.smtp_listen.listen; });
  row("listen_tls", "Addresses on which TLS begins at once (RFC 8314).",
      [](GatewayOptions& o) -> auto& { return o.smtp_listen.listen_tls; });
  row("certificate_file", "PEM chain, leaf first. Read again on SIGHUP without dropping connections.",
      [](GatewayOptions& o) -> auto& { return o.smtp_listen.certificate_file; });
  row("key_file", "PEM private key.", [](GatewayOptions& o) -> auto& { return o.smtp_listen.key_file; });
  row("connections_max", "Connections of all clients together; more are closed at once.",
      [](GatewayOptions& o) -> auto& { return o.smtp_listen.connections_max; }, Bounds{1, kCountMax});
  row("sessions_per_network_max", "Connections of one address (IPv6: one /64); 421 4.7.0.",
      [](GatewayOptions& o) -> auto& { return o.smtp.sessions_per_network_max; }, Bounds{1, kCountMax});
  row("message_bytes_max", "Largest message; 552 5.3.4.",
      [](GatewayOptions& o) -> auto& { return o.smtp.message_bytes_max; }, Bounds{kBytesMin, kMessageBytesMax});
  row("memory_in_flight_max", "Bytes of all messages being received; beyond it 452 4.3.1, never a skipped check.",
      [](GatewayOptions& o) -> auto& { return o.smtp.memory_in_flight_max; }, Bounds{kBytesMin, kMemoryMax});
  row("rcpts_max", "Recipients of one message; 452 4.5.3.",
      [](GatewayOptions& o) -> auto& { return o.smtp.rcpts_max; }, Bounds{1, 10'000});
  row("errors_hard_max", "Errors of one session; 421 4.7.0.",
      [](GatewayOptions& o) -> auto& { return o.smtp.errors_hard_max; }, Bounds{1, 1000});
  row("error_delay_ms", "From the tenth error on each is answered this late. 0: at once.",
      [](GatewayOptions& o) -> auto& { return o.smtp.error_delay; }, Bounds{0, 60'000});
  row("command_idle_max_seconds", "RFC 5321 asks for 300; 421 4.4.2.",
      [](GatewayOptions& o) -> auto& { return o.smtp.command_idle_max; }, Bounds{1, kDay});
  row("data_total_max_seconds", "For one message, whatever its rate; 421 4.4.2.",
      [](GatewayOptions& o) -> auto& { return o.smtp.data_total_max; }, Bounds{1, kDay});
  row("data_rate_min", "Bytes a second that a sender must keep over a whole message; 421 4.4.2. 0: any rate.",
      [](GatewayOptions& o) -> auto& { return o.smtp.data_rate_min; }, Bounds{0, kMessageBytesMax});
  row("require_tls", "Refuse mail without TLS; 530 5.7.0.", [](GatewayOptions& o) -> auto& { return o.smtp.require_tls; });
  const Bounds rate{0, kMemoryMax};
  row("connections_per_minute_per_address", "New connections of one address (IPv6: one /64); 421 4.7.0. 0: any number.",
      [](GatewayOptions& o) -> auto& { return o.smtp.peers.connections.per_address; }, rate);
  row("connections_per_minute_per_network", "The same of one /24 (IPv6: one /48). 0: any number.",
      [](GatewayOptions& o) -> auto& { return o.smtp.peers.connections.per_network; }, rate);
  row("messages_per_minute_per_address", "Messages begun; 450 4.7.1. 0: any number.",
      [](GatewayOptions& o) -> auto& { return o.smtp.peers.messages.per_address; }, rate);
  row("messages_per_minute_per_network", "The same of a network. 0: any number.", [](GatewayOptions& o) -> auto& { return o.smtp.peers.messages.per_network; }, rate);
  row("rcpts_per_minute_per_address", "Recipients; 450 4.7.1. 0: any number.",
      [](GatewayOptions& o) -> auto& { return o.smtp.peers.rcpts.per_address; }, rate);
  row("rcpts_per_minute_per_network", "The same of a network. 0: any number.", [](GatewayOptions& o) -> auto& { return o.smtp.peers.rcpts.per_network; }, rate);
  row("bytes_per_minute_per_address", "Bytes of messages; a message that exceeds it is taken, the next is 450 4.7.1. 0: any number.",
      [](GatewayOptions& o) -> auto& { return o.smtp.peers.bytes.per_address; }, rate);
  row("bytes_per_minute_per_network", "The same of a network. 0: any number.", [](GatewayOptions& o) -> auto& { return o.smtp.peers.bytes.per_network; }, rate);
  row("errors_per_minute_per_address", "Refused commands; from half of them on answers are late, beyond it the client is blocked. 0: never.",
      [](GatewayOptions& o) -> auto& { return o.smtp.peers.errors.per_address; }, rate);
  row("errors_per_minute_per_network", "The same of a network. 0: any number.", [](GatewayOptions& o) -> auto& { return o.smtp.peers.errors.per_network; }, rate);
  row("block_first_seconds", "How long a client with too many errors is blocked; doubles with each offence within a day.",
      [](GatewayOptions& o) -> auto& { return o.smtp.peers.block_first; }, Bounds{1, kDay});
  row("block_max_seconds", "The longest such block.",
      [](GatewayOptions& o) -> auto& { return o.smtp.peers.block_max; }, Bounds{1, 30 * kDay});
  row("blocked_networks", "Networks that get no SMTP session: 554 5.7.1. Read again on SIGHUP. See also \"postern block\".",
      [](GatewayOptions& o) -> auto& { return o.smtp_listen.blocked_networks; });
  row("greylisting", "Ask mail from networks that never completed one to come again after greylist_delay_seconds (RFC 6647). Delays each\nnewcomer's first mail; a retry from another address of the sender's counts too.",
      [](GatewayOptions& o) -> auto& { return o.smtp.grey_list.is_on; });
  row("greylist_delay_seconds", "How long such a sender has to wait before it is let in.",
      [](GatewayOptions& o) -> auto& { return o.smtp.grey_list.delay; }, Bounds{1, 3600});
  row("block_feeds", "Files of such networks, one a line, '#' and ';' begin comments; or https:// URLs of them, see [feeds]. Read again on SIGHUP.",
      [](GatewayOptions& o) -> auto& { return o.smtp_listen.block_feeds; });
  row("proxy_peers", "Load balancers whose connections begin with a PROXY header (version 1 or 2). Empty: nobody.",
      [](GatewayOptions& o) -> auto& { return o.smtp.proxy_peers; });
  row("xclient_peers", "Networks whose XCLIENT is believed. Empty: nobody.",
      [](GatewayOptions& o) -> auto& { return o.smtp.xclient_peers; });
}

void add_web(Fields& out) {
  // A larger file would be refused by the next limit.
  const Bounds archive{1024, 1024LL << 20};
  const Bounds upload{1024, static_cast<std::int64_t>(web::WebOptions{}.upload_bytes_per_user_max)};
  auto row = [&out](std::string_view key, std::string_view comment, auto access, auto... bounds) {
    add(out, "web", key, comment, access, bounds...);
  };
  row("listen", "Addresses of the HTTPS listener.", [](GatewayOptions& o) -> auto& { return o.web_listen.listen; });
  row("certificate_file", "PEM chain, leaf first.", [](GatewayOptions& o) -> auto& { return o.web_listen.certificate_file; });
  row("key_file", "PEM private key.", [](GatewayOptions& o) -> auto& { return o.web_listen.key_file; });
  row("public_origin", "What browsers type, such as \"https://help.example.com\". Empty: the Host header decides.",
      [](GatewayOptions& o) -> auto& { return o.web.public_origin; });
  row("content_origin", "A name of this server of its own, such as \"https://content.example.com\", from which browsers get what customers sent:\nHTML of mail, files. Best on another domain than public_origin, which it needs; certificate_file has to cover both.\nEmpty: from public_origin, in a sandbox.",
      [](GatewayOptions& o) -> auto& { return o.web.content_origin; });
  row("mta_sts_mode", "Policy served for each own domain at https://mta-sts.<domain>/ (RFC 8461): none, testing or enforce.",
      [](GatewayOptions& o) -> auto& { return o.web.mta_sts.mode; });
  row("mta_sts_mx", "MX hosts beside this server that the policy allows, such as a backup.",
      [](GatewayOptions& o) -> auto& { return o.web.mta_sts.mx; });
  row("mta_sts_max_age_seconds", "How long senders keep the policy.",
      [](GatewayOptions& o) -> auto& { return o.web.mta_sts.max_age; }, Bounds{kDay, 31'557'600});
  row("connections_max", "Connections of all clients together.",
      [](GatewayOptions& o) -> auto& { return o.web.connections_max; }, Bounds{1, kCountMax});
  row("connections_per_network_max", "Connections of one address (IPv6: one /64). Raise it behind a proxy or a large NAT.",
      [](GatewayOptions& o) -> auto& { return o.web.connections_per_network_max; }, Bounds{1, kCountMax});
  row("archive_bytes_max", "Largest archive that is imported through the API, as it is sent; it is held in memory. 413.",
      [](GatewayOptions& o) -> auto& { return o.web.archive_bytes_max; }, archive);
  row("upload_bytes_max", "Largest attachment; 413.", [](GatewayOptions& o) -> auto& { return o.web.upload_bytes_max; }, upload);
  row("requests_per_minute_per_address", "Requests a minute of one address (IPv6: one /64), refilled evenly; 429.",
      [](GatewayOptions& o) -> auto& { return o.web.rate_per_ip.per_minute; }, Bounds{1, 100 * kCountMax});
  row("requests_per_minute_per_user", "Requests a minute of one user; 429.",
      [](GatewayOptions& o) -> auto& { return o.web.rate_per_principal.per_minute; }, Bounds{1, 100 * kCountMax});
  row("requests_per_minute_per_token", "Requests a minute of one API token; 429.",
      [](GatewayOptions& o) -> auto& { return o.web.rate_per_token.per_minute; }, Bounds{1, 100 * kCountMax});
  row("requests_per_minute_per_route", "Requests a minute of one user to one route; 429.",
      [](GatewayOptions& o) -> auto& { return o.web.rate_per_route.per_minute; }, Bounds{1, 100 * kCountMax});
  row("costly_requests_per_minute", "The same of routes that work for long: exports, replays, verifications; 429.",
      [](GatewayOptions& o) -> auto& { return o.web.rate_costly.per_minute; }, Bounds{1, 100 * kCountMax});
  row("sign_ins_per_minute_per_address", "Attempts to sign in, whatever their outcome, of one address (IPv6: one /64); 429.",
      [](GatewayOptions& o) -> auto& { return o.web.rate_sign_in.per_minute; }, Bounds{1, 100 * kCountMax});
  row("blocked_networks", "Networks that get no connection. Read again on SIGHUP. \"postern block\" adds more, for mail and for the web.",
      [](GatewayOptions& o) -> auto& { return o.web_listen.blocked_networks; });
  row("block_feeds", "Files of such networks, one a line, '#' and ';' begin comments; or https:// URLs of them, see [feeds]. Read again on SIGHUP.",
      [](GatewayOptions& o) -> auto& { return o.web_listen.block_feeds; });
  row("proxy_peers", "Reverse proxies whose X-Forwarded-For says who the client is. Empty: nobody's word counts.",
      [](GatewayOptions& o) -> auto& { return o.web.proxy_peers; });
  row("takes_passwords", "Take \"email:password\" as Basic credentials of the API, from people without a second factor. Tokens are better.",
      [](GatewayOptions& o) -> auto& { return o.web.takes_passwords; });
  row("hsts_subdomains", "Tell browsers to use HTTPS for all names below this one too. false: where those have no HTTPS.",
      [](GatewayOptions& o) -> auto& { return o.web.hsts_subdomains; });
  row("page_size_max", "Largest page[size], at most 100.",
      [](GatewayOptions& o) -> auto& { return o.web.page_size_max; }, Bounds{1, kPageMax});
}

void add_rest(Fields& out) {
  add(out, "operator", "listen", "Address of the monitoring listener.",
      [](GatewayOptions& o) -> auto& { return o.operator_listen; });
  add(out, "dns", "servers", "Resolvers to ask, \"address:port\". Empty: those of /etc/resolv.conf.",
      [](GatewayOptions& o) -> auto& { return o.dns.servers; });
  add(out, "dns", "trust_anchor_file", "DNSSEC root key, such as /usr/share/dns/root.key. Empty: answers are not validated.",
      [](GatewayOptions& o) -> auto& { return o.dns.trust_anchor_file; });
  add(out, "delivery", "relay", "Send everything through this server, \"host:port\". Empty: to the recipient's MX.",
      [](GatewayOptions& o) -> auto& { return o.delivery.relay; });
  add(out, "delivery", "port", "Port of MX hosts. Anything but 25 is for tests.",
      [](GatewayOptions& o) -> auto& { return o.delivery.port; }, Bounds{1, 65'535});
  add(out, "delivery", "require_tls_domains", "Recipients' domains that get mail only over verified TLS; \"*\" for all.",
      [](GatewayOptions& o) -> auto& { return o.delivery.require_tls_domains; });
  add(out, "delivery", "dane", "Hold hosts to what their signed DNS says of their certificates (RFC 7672). Needs dns.trust_anchor_file.",
      [](GatewayOptions& o) -> auto& { return o.delivery.uses_dane; });
  add(out, "delivery", "mta_sts", "Read the MTA-STS policies of recipients' domains (RFC 8461) and hold to them.",
      [](GatewayOptions& o) -> auto& { return o.delivery.uses_mta_sts; });
  add(out, "delivery", "concurrency_max", "Deliveries at a time.",
      [](GatewayOptions& o) -> auto& { return o.delivery.concurrency_max; }, Bounds{1, 1000});
  add(out, "auth", "password_chars_min", "Shortest password of the recommended level.",
      [](GatewayOptions& o) -> auto& { return o.auth.password_chars_min; }, Bounds{8, 128});
  add(out, "auth", "breached_passwords", "File of leaked passwords: SHA-1 hashes in hexadecimal, sorted, one a line. Empty: none.",
      [](GatewayOptions& o) -> auto& { return o.auth.breached_passwords; });
  add(out, "auth", "login_failures_max", "Wrong passwords before an account is locked for a while.",
      [](GatewayOptions& o) -> auto& { return o.auth.login_failures_max; }, Bounds{1, 1000});
  add(out, "auth", "lock_first_seconds", "First lock; it doubles with each further one.",
      [](GatewayOptions& o) -> auto& { return o.auth.lock_first; }, Bounds{1, kDay});
  add(out, "auth", "session_idle_max_minutes", "A session unused for this long ends.",
      [](GatewayOptions& o) -> auto& { return o.auth.session_idle_max; }, Bounds{1, 366 * 24 * 60});
  add(out, "auth", "session_life_hours", "A session ends after this long in any case.",
      [](GatewayOptions& o) -> auto& { return o.auth.session_life; }, Bounds{1, 366 * 24});
  add(out, "tickets", "retry_first_minutes", "Wait after the first failed delivery; doubles up to retry_max_minutes.",
      [](GatewayOptions& o) -> auto& { return o.ticketing.retry_first; }, Bounds{1, 24 * 60});
  add(out, "tickets", "retry_max_minutes", "Longest wait between attempts.",
      [](GatewayOptions& o) -> auto& { return o.ticketing.retry_max; }, Bounds{1, 7 * 24 * 60});
  add(out, "tickets", "retry_life_hours", "A reply that could not be delivered for this long is given up.",
      [](GatewayOptions& o) -> auto& { return o.ticketing.retry_life; }, Bounds{1, 60 * 24});
}

void add_sender(Fields& out) {
  auto row = [&out](std::string_view key, std::string_view comment, auto access, auto... bounds) {
    add(out, "sender", key, comment, access, bounds...);
  };
  row("trusted_sealers", "Domains whose ARC seals are believed: mail that they forwarded keeps the verdict it had when it reached them.\nName only forwarders that check DMARC, such as the mail host of your own mailboxes.",
      [](GatewayOptions& o) -> auto& { return o.pipeline.auth.trusted_sealers; });
  row("trusted_forwarders", "Networks of servers that forward mail to you without ARC: a DMARC failure of theirs is shown, never enforced.",
      [](GatewayOptions& o) -> auto& { return o.pipeline.auth.trusted_forwarders; });
  row("deny_lists", "Zones in DNS that list senders of spam, such as \"zen.spamhaus.org\"; mind their terms of use. Evidence for the spam score.",
      [](GatewayOptions& o) -> auto& { return o.pipeline.auth.lists.deny; });
  row("allow_lists", "Zones in DNS that list good senders, such as \"list.dnswl.org\".",
      [](GatewayOptions& o) -> auto& { return o.pipeline.auth.lists.allow; });
}

void add_dkim(Fields& out) {
  auto row = [&out](std::string_view key, std::string_view comment, auto access, auto... bounds) {
    add(out, "dkim", key, comment, access, bounds...);
  };
  row("rotation_days", "Age at which the next keys are made; they sign once their records are seen in DNS. 0: only when told.",
      [](GatewayOptions& o) -> auto& { return o.dkim.interval; }, Bounds{0, 3650});
  row("settle_minutes", "How long a record must have been seen before its key signs.",
      [](GatewayOptions& o) -> auto& { return o.dkim.settle; }, Bounds{5, 10'080});
  row("grace_days", "How long the record of a former key is to stay, for mail still on its way.",
      [](GatewayOptions& o) -> auto& { return o.dkim.grace; }, Bounds{1, 90});
}

void add_reports(Fields& out) {
  auto row = [&out](std::string_view key, std::string_view comment, auto access, auto... bounds) {
    add(out, "reports", key, comment, access, bounds...);
  };
  row("address", "Where daily reports come from, such as \"noreply-dmarc@example.com\"; its domain needs SPF or DKIM of this server.\nEmpty: nothing is counted or sent.",
      [](GatewayOptions& o) -> auto& { return o.reports.address; });
  row("tls_address", "Where daily TLS reports to the domains we write to come from, such as \"noreply-tls@example.com\"; its domain needs DKIM keys of\nthis server (receivers ignore unsigned reports). Empty: nothing is counted or sent.",
      [](GatewayOptions& o) -> auto& { return o.reports.tls_address; });
  row("organisation", "Who reports. Empty: the domain of the address.",
      [](GatewayOptions& o) -> auto& { return o.reports.organisation; });
  row("contact", "Whom to write to about a report. Empty: the address.",
      [](GatewayOptions& o) -> auto& { return o.reports.contact; });
  row("retention_days", "How long reports that others sent us, and what they add up to, are kept.",
      [](GatewayOptions& o) -> auto& { return o.ticketing.mail_reports.retention_days; }, Bounds{1, 3650});
  row("per_hour_max", "Reports sent in an hour; the others wait their turn.",
      [](GatewayOptions& o) -> auto& { return o.reports.per_hour_max; }, Bounds{1, kCountMax});
}

void add_webhooks(Fields& out) {
  auto row = [&out](std::string_view key, std::string_view comment, auto access, auto... bounds) {
    add(out, "webhooks", key, comment, access, bounds...);
  };
  row("hosts", "The only hosts that may be sent to: \"hooks.example.com\", \"*.example.com\". Empty: all that have public addresses.",
      [](GatewayOptions& o) -> auto& { return o.webhooks.hosts; });
  row("networks", "Networks of your own that may be sent to although they are not public: \"10.1.2.0/24\". Never needed for hosts on the internet.",
      [](GatewayOptions& o) -> auto& { return o.webhooks.networks; });
  row("ca_file", "PEM certificates that endpoints are verified against. Empty: those of the system.",
      [](GatewayOptions& o) -> auto& { return o.webhooks.ca_file; });
  row("http_to_loopback", "Plain HTTP to this machine, for a program beside Postern. Anything else is HTTPS with a valid certificate.",
      [](GatewayOptions& o) -> auto& { return o.webhooks.http_to_loopback; });
}

void add_feeds(Fields& out) {
  auto row = [&out](std::string_view key, std::string_view comment, auto access, auto... bounds) {
    add(out, "feeds", key, comment, access, bounds...);
  };
  row("interval_minutes", "Time between two fetches of a list; after a failure it is tried sooner.",
      [](GatewayOptions& o) -> auto& { return o.feed_interval; }, Bounds{15, 7 * 24 * 60});
  row("networks", "Networks of your own from which lists may be fetched although they are not public.",
      [](GatewayOptions& o) -> auto& { return o.feeds.networks; });
  row("ca_file", "PEM certificates that their hosts are verified against. Empty: those of the system.",
      [](GatewayOptions& o) -> auto& { return o.feeds.ca_file; });
}

void add_text_messages(Fields& out) {
  auto row = [&out](std::string_view key, std::string_view comment, auto access, auto... bounds) {
    add(out, "text_messages", key, comment, access, bounds...);
  };
  row("url", "The gateway, such as \"https://sms.example.com/send\". In it and in the body {{number}}, {{text}} and {{code}} are put in.",
      [](GatewayOptions& o) -> auto& { return o.auth.factors.text_gateway.url; });
  row("method", "POST, PUT or GET.", [](GatewayOptions& o) -> auto& { return o.auth.factors.text_gateway.method; });
  row("content_type", "\"application/json\" or \"application/x-www-form-urlencoded\": decides how what is put into the body is escaped.",
      [](GatewayOptions& o) -> auto& { return o.auth.factors.text_gateway.content_type; });
  row("body", "Such as '{\"to\": \"{{number}}\", \"text\": \"{{text}}\"}'. Numbers are E.164: \"+436601234567\".",
      [](GatewayOptions& o) -> auto& { return o.auth.factors.text_gateway.body; });
  row("headers", "Further fields: \"Name: value\". None of them is secret.",
      [](GatewayOptions& o) -> auto& { return o.auth.factors.text_gateway.headers; });
  row("secret_header", "The field that gets what secret_file holds.", [](GatewayOptions& o) -> auto& { return o.auth.factors.text_gateway.secret_header; });
  row("secret_file", "File with the value of that field, \"Bearer …\" and all, readable by the server only. Empty: none.",
      [](GatewayOptions& o) -> auto& { return o.auth.factors.text_gateway.secret_file; });
  row("countries", "Numbers that begin so get messages: \"+43\", \"+49\". Empty: all, dear ones too.",
      [](GatewayOptions& o) -> auto& { return o.auth.factors.text_countries; });
  row("per_hour_max", "Messages of a workspace in an hour; one person gets 5 of them, and 5 go to one number.",
      [](GatewayOptions& o) -> auto& { return o.auth.factors.texts_per_workspace_max; }, Bounds{1, kCountMax});
  row("connect_max_ms", "Look-up, connection and handshake together.", [](GatewayOptions& o) -> auto& { return o.text_messages.connect_max; }, Bounds{100, 60'000});
  row("answer_max_ms", "Until the gateway has answered.", [](GatewayOptions& o) -> auto& { return o.text_messages.answer_max; }, Bounds{100, 60'000});
  row("networks", "Networks of your own where the gateway may be although they are not public.",
      [](GatewayOptions& o) -> auto& { return o.text_messages.networks; });
  row("ca_file", "PEM certificates that it is verified against. Empty: those of the system.",
      [](GatewayOptions& o) -> auto& { return o.text_messages.ca_file; });
  row("http_to_loopback", "Plain HTTP to this machine, for a gateway beside Postern.", [](GatewayOptions& o) -> auto& { return o.text_messages.http_to_loopback; });
}

void add_audit(Fields& out) {
  auto row = [&out](std::string_view key, std::string_view comment, auto access, auto... bounds) {
    add(out, "audit", key, comment, access, bounds...);
  };
  row("ship_to", "Receivers of every entry: \"syslog+tls://host:6514\", \"gelf+tls://host:12201\", \"https://host/path\"; +tcp and +udp for\nprivate networks. Each goes on where it was after an outage or a restart.",
      [](GatewayOptions& o) -> auto& { return o.audit.shipping.receivers; });
  row("ship_ca_file", "PEM certificates that TLS receivers are verified against. Empty: those of the system.",
      [](GatewayOptions& o) -> auto& { return o.audit.shipping.ca_file; });
  row("ship_token_file", "File with a bearer token for https receivers, readable by the server only. Empty: none.",
      [](GatewayOptions& o) -> auto& { return o.audit.shipping.token_file; });
  row("ship_hmac_key_file", "File with a key that signs what https receivers get (X-Postern-Signature). Empty: unsigned.",
      [](GatewayOptions& o) -> auto& { return o.audit.shipping.hmac_key_file; });
  row("retention_days", "Entries older than this are removed once every receiver has them; at least 30. 0: they are kept for ever.",
      [](GatewayOptions& o) -> auto& { return o.audit.retention_days; }, Bounds{0, 36'500});
}

void add_pipeline(Fields& out) {
  auto row = [&out](std::string_view key, std::string_view comment, auto access, auto... bounds) {
    add(out, "pipeline", key, comment, access, bounds...);
  };
  row("spam_suspend_score", "From this score on a message waits in the suspended queue, see postern suspended --help.",
      [](GatewayOptions& o) -> auto& { return o.pipeline.spam.suspend_score; }, Bounds{1, 1000});
  row("suspended_days", "How long such a message waits before it is deleted; a workspace may choose otherwise, up to suspended_days_max.",
      [](GatewayOptions& o) -> auto& { return o.ticketing.suspended_days; }, Bounds{1, 365});
  row("suspended_days_max", "The longest that a workspace may choose.",
      [](GatewayOptions& o) -> auto& { return o.ticketing.suspended_days_max; }, Bounds{1, 365});
  row("spam_reject_score", "From this score on it is refused in session; 550 5.7.1.",
      [](GatewayOptions& o) -> auto& { return o.pipeline.spam.reject_score; }, Bounds{1, 1000});
  row("defer_unknown_dmarc", "Answer 451 while a sender's DMARC policy cannot be looked up. false: accept with that verdict,\nfor trying out on a machine without DNS.",
      [](GatewayOptions& o) -> auto& { return o.pipeline.runner.defers_dmarc_temperror; });
  row("hops_max", "Received fields before a message counts as looping; 554 5.4.6.",
      [](GatewayOptions& o) -> auto& { return o.pipeline.runner.hops_max; }, Bounds{10, 1000});
}

// A stage beyond its budget delays senders first (stage_wait_max_seconds), then defers them: 451 4.3.x with its name.
void add_stages(Fields& out) {
  auto row = [&out](std::string_view key, std::string_view comment, auto access, auto bounds) { add(out, "pipeline", key, comment, access, bounds); };
  const Bounds time{1, 600};  // RFC 5321 section 4.5.3.2.6: senders wait ten minutes
  const Bounds memory{kBytesMin, kMemoryMax};
  row("sender_checks_max_seconds", "SPF, DKIM, DMARC and lists of one message; past it they count as not answered.",
      [](GatewayOptions& o) -> auto& { return o.pipeline.runner.stages.sender_checks.time_max; }, time);
  row("sender_checks_memory_max", "Bytes of the messages in that stage; the next ones wait, then 451 4.3.2.",
      [](GatewayOptions& o) -> auto& { return o.pipeline.runner.stages.sender_checks.memory_max; }, memory);
  row("redaction_max_seconds", "Redaction of one message; 451 4.3.0.",
      [](GatewayOptions& o) -> auto& { return o.pipeline.runner.stages.redaction.time_max; }, time);
  row("redaction_memory_max", "Bytes of the messages in that stage.",
      [](GatewayOptions& o) -> auto& { return o.pipeline.runner.stages.redaction.memory_max; }, memory);
  row("extraction_max_seconds", "The same of a message with documents or pictures that are read; 451 4.3.0.",
      [](GatewayOptions& o) -> auto& { return o.pipeline.runner.stages.extraction.time_max; }, time);
  row("extraction_memory_max", "Bytes of the messages in that stage.",
      [](GatewayOptions& o) -> auto& { return o.pipeline.runner.stages.extraction.memory_max; }, memory);
  row("spam_max_seconds", "Scoring of one message; 451 4.3.0.",
      [](GatewayOptions& o) -> auto& { return o.pipeline.runner.stages.spam_time_max; }, time);
  row("intake_max_seconds", "Making it durable; 451 4.3.0.",
      [](GatewayOptions& o) -> auto& { return o.pipeline.runner.stages.intake.time_max; }, time);
  row("intake_memory_max", "Bytes of the messages in that stage.",
      [](GatewayOptions& o) -> auto& { return o.pipeline.runner.stages.intake.memory_max; }, memory);
  row("stage_wait_max_seconds", "How long a message waits for room in a stage; then 451 4.3.2.",
      [](GatewayOptions& o) -> auto& { return o.pipeline.runner.stages.wait_max; }, time);
  row("stage_waiting_max", "Messages that wait for room in one stage; more are 451 4.3.2 at once.",
      [](GatewayOptions& o) -> auto& { return o.pipeline.runner.stages.waiting_max; }, Bounds{1, kCountMax});
}

void add_redaction(Fields& out) {
  auto row = [&out](std::string_view key, std::string_view comment, auto access, auto... bounds) {
    add(out, "redaction", key, comment, access, bounds...);
  };
  row("on_unreadable", "Files that cannot be looked into, such as encrypted ones: keep (nobody who lacks the password reads a number in\nthem), replace (a notice stands for the file) or suspend (keep, and a person decides). Past a limit: always a notice.",
      [](GatewayOptions& o) -> auto& { return o.pipeline.redaction_options.on_unreadable; });
  row("reads_pdf", "Read PDF files, in processes without rights.",
      [](GatewayOptions& o) -> auto& { return o.pipeline.redaction_options.extractor.reads_pdf; });
  row("ocr_program", "Path of tesseract, to read numbers in pictures, such as \"/usr/bin/tesseract\". It takes seconds a picture.\nEmpty: pictures are not read.",
      [](GatewayOptions& o) -> auto& { return o.pipeline.redaction_options.extractor.ocr_program; });
  row("ocr_languages", "Its languages, joined by +. Digits are what counts.",
      [](GatewayOptions& o) -> auto& { return o.pipeline.redaction_options.extractor.ocr_languages; });
  row("extractor_workers", "PDF files and pictures read at a time.",
      [](GatewayOptions& o) -> auto& { return o.pipeline.redaction_options.extractor.workers; }, Bounds{1, 64});
  row("document_max_ms", "Time for one PDF or picture; past it the file is one that cannot be looked into.",
      [](GatewayOptions& o) -> auto& { return o.pipeline.redaction_options.extractor.document_time_max; }, Bounds{100, 120'000});
  row("document_bytes_max", "Largest PDF or picture that is read.",
      [](GatewayOptions& o) -> auto& { return o.pipeline.redaction_options.extractor.document_bytes_max; }, Bounds{kBytesMin, kMessageBytesMax});
  row("extracted_text_bytes_max", "Text and embedded files of one PDF or picture.",
      [](GatewayOptions& o) -> auto& { return o.pipeline.redaction_options.files.extracted_text_bytes_max; }, Bounds{kBytesMin, kMessageBytesMax});
  row("worker_memory_bytes_max", "Memory of one process that reads a PDF or picture.",
      [](GatewayOptions& o) -> auto& { return o.pipeline.redaction_options.extractor.worker_memory_bytes_max; }, Bounds{64 << 20, kMemoryMax});
  row("documents_max", "PDF files and pictures of one message that are read; more become a notice.",
      [](GatewayOptions& o) -> auto& { return o.pipeline.redaction_options.files.documents_max; }, Bounds{1, 1000});
  row("archive_depth_max", "Files inside files; what lies deeper becomes a notice.",
      [](GatewayOptions& o) -> auto& { return o.pipeline.redaction_options.files.depth_max; }, Bounds{1, 20});
  row("archive_entries_max", "Entries of all archives of one message.",
      [](GatewayOptions& o) -> auto& { return o.pipeline.redaction_options.files.entries_max; }, Bounds{1, kCountMax});
  row("unpacked_bytes_max", "What all archives of one message may unpack to.",
      [](GatewayOptions& o) -> auto& { return o.pipeline.redaction_options.files.unpacked_bytes_max; }, Bounds{kBytesMin, kMemoryMax});
  row("archive_ratio_max", "Unpacked bytes to packed bytes of one archive.",
      [](GatewayOptions& o) -> auto& { return o.pipeline.redaction_options.files.ratio_max; }, Bounds{2, kCountMax});
  row("part_bytes_max", "Decoded bytes of one part of a message that are scanned; larger text becomes a notice.",
      [](GatewayOptions& o) -> auto& { return o.pipeline.redaction.part_bytes_max; }, Bounds{kBytesMin, kMessageBytesMax});
  row("scanned_bytes_max", "Bytes of all views of one message; what is beyond becomes a notice.",
      [](GatewayOptions& o) -> auto& { return o.pipeline.redaction.scanned_bytes_max; }, Bounds{kBytesMin, kMemoryMax});
  row("nested_messages_max", "Messages inside messages; deeper ones become a notice.",
      [](GatewayOptions& o) -> auto& { return o.pipeline.redaction.nested_messages_max; }, Bounds{1, 50});
  row("rule_versions_max", "Versions of a workspace's rules that are kept; the oldest goes, never the one in force or before it.",
      [](GatewayOptions& o) -> auto& { return o.ticketing.rule_sets.versions_max; }, Bounds{3, 1000});
  row("counts_retention_days", "How long the counts of what rules find are kept.",
      [](GatewayOptions& o) -> auto& { return o.ticketing.findings.retention_days; }, Bounds{7, 3650});
  row("replay_messages_max", "Stored messages that one replay of rules reads.",
      [](GatewayOptions& o) -> auto& { return o.ticketing.replays.messages_max; }, Bounds{1000, kCountMax});
  row("replay_bytes_max", "Bytes of stored mail that one replay reads.",
      [](GatewayOptions& o) -> auto& { return o.ticketing.replays.bytes_max; }, Bounds{1 << 20, kMemoryMax});
  row("replay_max_minutes", "Time of one replay; it tells what it has found until then.",
      [](GatewayOptions& o) -> auto& { return o.ticketing.replays.time_max; }, Bounds{1, 24 * 60});
  row("replays_max", "Replays at a time, of all workspaces; one of each.",
      [](GatewayOptions& o) -> auto& { return o.ticketing.replays.running_max; }, Bounds{1, 16});
  row("purge_interval_seconds", "What people remove by hand leaves the disk at the next of these looks; the store is rewritten then.",
      [](GatewayOptions& o) -> auto& { return o.ticketing.purge_interval; }, Bounds{1, kDay});
}

Fields make_fields() {
  Fields out;
  add_server(out);
  add_smtp(out);
  add_web(out);
  add_rest(out);
  add_sender(out);
  add_dkim(out);
  add_reports(out);
  add_audit(out);
  add_webhooks(out);
  add_feeds(out);
  add_text_messages(out);
  add_pipeline(out);
  add_stages(out);
  add_redaction(out);
  return out;
}

}  // namespace

std::span<const TableInfo> tables() { return kTables; }

const std::vector<Field<GatewayOptions>>& fields() {
  static const Fields all = make_fields();
  return all;
}

const std::vector<Field<ticketing::InboxOptions>>& inbox_fields() {
  using Options = ticketing::InboxOptions;
  static const std::vector<Field<Options>> all{
      field<Options>("inbox", "workspace", "Workspaces are walls: nothing of one is seen in another.",
                     [](Options& o) -> auto& { return o.workspace; }),
      field<Options>("inbox", "addresses", "Addresses of this inbox, the first one is where replies come from.\n\"@example.com\" takes every address of the domain.",
                     [](Options& o) -> auto& { return o.addresses; }),
      field<Options>("inbox", "display_name", "Name of the sender of replies.", [](Options& o) -> auto& { return o.display_name; }),
      field<Options>("inbox", "on_dmarc_fail", "Mail that its author's domain disowns (DMARC fail): published (as that domain asks), accept, suspend\nor reject.",
                     [](Options& o) -> auto& { return o.senders.on_dmarc_fail; }),
      field<Options>("inbox", "on_no_dmarc", "Mail whose author nothing proves (no DMARC policy, no SPF or DKIM of its domain): accept, suspend or reject.",
                     [](Options& o) -> auto& { return o.senders.on_no_dmarc; }),
      field<Options>("inbox", "on_temperror", "Mail that cannot be judged while DNS fails: defer, accept or suspend.",
                     [](Options& o) -> auto& { return o.senders.on_temperror; }),
      field<Options>("inbox", "allow", "Senders that are always let in: \"a@example.com\", \"example.com\" with what is below it, \"192.0.2.0/24\",\n\"*\". Addresses and domains only where they are proven. Allow beats block.",
                     [](Options& o) -> auto& { return o.senders.allow; }),
      field<Options>("inbox", "block", "Senders that are refused, in the same forms.", [](Options& o) -> auto& { return o.senders.block; }),
      field<Options>("inbox", "takes_reports", "DMARC and TLS reports sent to this inbox are counted and make no ticket.",
                     [](Options& o) -> auto& { return o.senders.takes_reports; }),
      field<Options>("inbox", "web_form", "People may write requests to this inbox on a public page, without an account.",
                     [](Options& o) -> auto& { return o.web_form; }),
  };
  return all;
}

}  // namespace postern::conf
