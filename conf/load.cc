#include "conf/load.h"

#include <unistd.h>

#include <algorithm>
#include <set>

#include "conf/schema.h"
#include "core/encoding.h"
#include "core/file.h"

namespace postern::conf {
namespace {

// RFC 1123 section 2.1, at least two labels; or with international ones as people write them (RFC 5890).
bool is_host_name(std::string_view name, bool may_be_international) {
  constexpr std::size_t kNameMax = 253;
  constexpr std::size_t kLabelMax = 63;
  std::size_t labels = 0;
  for (std::size_t at = 0; at <= name.size(); ++labels) {
    const std::string_view label = name.substr(at, name.find('.', at) - at);
    const auto is_fit = [may_be_international](char c) {
      if (static_cast<unsigned char>(c) >= 0x80) return may_be_international;
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
    };
    if (label.empty() || label.size() > kLabelMax || label.front() == '-' || label.back() == '-' || !std::ranges::all_of(label, is_fit)) return false;
    at += label.size() + 1;
  }
  return labels > 1 && name.size() <= kNameMax;
}

constexpr std::size_t kFileBytesMax = 1U << 20U;

template <class Options>
const Field<Options>* find(const std::vector<Field<Options>>& fields, std::string_view table, std::string_view key) {
  for (const auto& field : fields) {
    if (field.table == table && field.key == key) return &field;
  }
  return nullptr;
}

// The known key that is one edit away, for "did you mean".
template <class Options>
std::string_view nearest(const std::vector<Field<Options>>& fields, std::string_view table, std::string_view key) {
  for (const auto& field : fields) {
    if (field.table != table) continue;
    const auto [shorter, longer] = std::minmax(field.key, key, [](auto a, auto b) { return a.size() < b.size(); });
    if (longer.size() - shorter.size() > 2) continue;
    std::size_t same = 0;
    for (std::size_t i = 0; i < shorter.size(); ++i) same += shorter[i] == longer[i] || (i + 1 < longer.size() && shorter[i] == longer[i + 1]);
    if (same + 1 >= shorter.size() && shorter.size() > 2) return field.key;
  }
  return {};
}

class Loader {
 public:
  Loader(const std::filesystem::path& file, Loaded& out) : file_(file), out_(out) {}

  void apply(const Document& document) {
    out_.problems = document.problems;
    bool has_inbox = false;
    for (const Table& table : document.tables) {
      if (table.name == "inbox") {
        ticketing::InboxOptions inbox;
        apply_table(table, inbox_fields(), inbox);
        check_inbox(table, inbox);
        out_.options.ticketing.inboxes.push_back(std::move(inbox));
        has_inbox = true;
      } else if (is_known(table.name) && !table.is_array_element) {
        apply_table(table, fields(), out_.options);
      } else {
        complain(table.line, table.name.empty() ? "every option stands in a [table]" : fmt::format("[{}]: no such table", table.name));
      }
    }
    if (!has_inbox && document.problems.empty()) complain(0, "no [[inbox]]: mail would have nowhere to go");
  }

  void check(bool check_files) {
    const GatewayOptions& o = out_.options;
    if (o.process.data.empty()) complain(0, "server.data: the data folder is not set");
    if (o.smtp_listen.listen.empty() && o.smtp_listen.listen_tls.empty()) complain(0, "smtp.listen: no address to receive mail on");
    if (!std::set<std::string>{"debug", "info", "warn", "error"}.contains(o.process.log_level)) {
      complain(0, fmt::format("server.log_level: \"{}\" is none of debug, info, warn, error", o.process.log_level));
    }
    const std::string& sts = o.web.mta_sts.mode;
    if (sts != "none" && sts != "testing" && sts != "enforce") {
      complain(0, fmt::format("web.mta_sts_mode: \"{}\" is none of none, testing, enforce", sts));
    }
    check_content_origin(o.web);
    if (o.process.hostname.empty()) complain(0, "server.hostname: this server needs a name");
    constexpr std::size_t kOwnFieldsBytes = 64 * 1024;  // what we put before a message counts too
    if (o.smtp.message_bytes_max + kOwnFieldsBytes > o.smtp.memory_in_flight_max) {
      complain(0, "smtp.memory_in_flight_max: less than 64 KiB above smtp.message_bytes_max, so the largest message could never be received");
    }
    if (o.pipeline.spam.suspend_score > o.pipeline.spam.reject_score) {
      complain(0, "pipeline.spam_suspend_score: above spam_reject_score");
    }
    if (o.ticketing.suspended_days > o.ticketing.suspended_days_max) complain(0, "pipeline.suspended_days: above suspended_days_max");
    check_redaction();
    check_times();
    check_relay();
    check_domains();
    check_addresses();
    if (check_files) check_each_file();
  }

 private:
  static bool is_known(std::string_view name) {
    return std::ranges::any_of(tables(), [name](const TableInfo& table) { return table.name == name; });
  }

  template <class Options>
  void apply_table(const Table& table, const std::vector<Field<Options>>& known, Options& into) {
    for (const NamedValue& named : table.values) {
      const Field<Options>* field = find(known, table.name, named.key);
      if (field == nullptr) {
        const auto close = nearest(known, table.name, named.key);
        complain(named.value.line, fmt::format("{}.{}: no such option{}", table.name, named.key,
                                               close.empty() ? "" : fmt::format("; did you mean {}?", close)));
      } else if (Complaint wrong = field->set(named.value, into)) {
        complain(named.value.line, fmt::format("{}.{}: {}", table.name, named.key, *wrong));
      }
    }
  }

  void check_inbox(const Table& table, const ticketing::InboxOptions& inbox) {
    if (inbox.workspace.empty()) complain(table.line, "inbox.workspace: every inbox belongs to a workspace");
    if (inbox.addresses.empty()) complain(table.line, "inbox.addresses: an inbox needs an address");
    for (const std::string& address : inbox.addresses) {
      const auto at = address.rfind('@');
      if (at == std::string::npos || at + 1 == address.size() || address.find_first_of(" <>,") != std::string::npos) {
        complain(table.line, fmt::format("inbox.addresses: \"{}\" is neither an address nor \"@domain\"", address));
      }
    }
    if (!inbox.addresses.empty() && inbox.addresses.front().starts_with('@')) {
      complain(table.line, "inbox.addresses: the first one must be a whole address, for replies to come from");
    }
  }

  void check_times() {
    const auto& tickets = out_.options.ticketing;
    if (tickets.retry_first > tickets.retry_max) complain(0, "tickets.retry_first_minutes: above retry_max_minutes");
    if (tickets.retry_first > tickets.retry_life) complain(0, "tickets.retry_first_minutes: above retry_life_hours");
  }

  void check_relay() {
    const std::string& relay = out_.options.delivery.relay;
    if (relay.empty()) return;
    const auto colon = relay.rfind(':');
    const auto port = net::Endpoint::parse("0.0.0.0" + relay.substr(std::min(colon, relay.size())));
    const bool is_good = net::Endpoint::parse(relay) || (colon != std::string::npos && colon != 0 && port && port->port != 0);
    if (!is_good) complain(0, fmt::format("delivery.relay: \"{}\" is not a host and port such as mail.example.com:25", relay));
  }

  void check_domains() {
    const GatewayOptions& o = out_.options;
    for (const std::string& name : o.delivery.require_tls_domains) {
      if (name != "*" && !is_host_name(name, true)) complain(0, fmt::format("delivery.require_tls_domains: \"{}\" is neither a domain nor \"*\"", name));
    }
    for (const std::string& name : o.web.mta_sts.mx) {  // RFC 8461 section 4.1: one label may be left open
      const bool is_good = is_host_name(std::string_view(name).substr(name.starts_with("*.") ? 2 : 0), false);
      if (!is_good) complain(0, fmt::format("web.mta_sts_mx: \"{}\" is no host such as mail.example.com or *.example.com; international names are written xn--…", name));
    }
  }

  // Compared as the directory compares them: without case.
  void check_addresses() {
    std::set<std::string> seen;
    for (const auto& inbox : out_.options.ticketing.inboxes) {
      for (const auto& address : inbox.addresses) {
        if (seen.insert(core::to_lower_ascii(address)).second) continue;
        complain(0, fmt::format("inbox.addresses: \"{}\" stands there twice (upper and lower case are the same)", address));
      }
    }
  }

  void check_redaction() {
    const pipeline::PipelineOptions& o = out_.options.pipeline;
    const pipeline::ExtractorOptions& extractor = o.redaction_options.extractor;
    if (o.redaction.scanned_bytes_max < o.redaction.part_bytes_max) {
      complain(0, "redaction.scanned_bytes_max: below part_bytes_max, so the largest part could never be scanned");
    }
    if (!extractor.ocr_program.empty() && !extractor.ocr_program.starts_with('/')) {
      complain(0, "redaction.ocr_program: must be a path from the root, such as /usr/bin/tesseract");
    }
    const auto may_be_in_languages = [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '+';
    };
    if (extractor.ocr_languages.empty() || !std::ranges::all_of(extractor.ocr_languages, may_be_in_languages)) {
      complain(0, fmt::format("redaction.ocr_languages: \"{}\" is not of the form eng+deu", extractor.ocr_languages));
    }
  }

  // A name, not a folder: cookies and scripts are told apart by it.
  void check_content_origin(const web::WebOptions& web) {
    const std::string& origin = web.content_origin;
    if (origin.empty()) return;
    constexpr std::string_view kScheme = "https://";
    const bool is_origin = origin.starts_with(kScheme) && origin.size() > kScheme.size() && origin.find_first_of("/?#@ \"';,", kScheme.size()) == std::string::npos;
    if (!is_origin) complain(0, fmt::format("web.content_origin: \"{}\" is not of the form https://content.example.com", origin));
    if (web.public_origin.empty()) complain(0, "web.content_origin: needs web.public_origin, which alone may show what stands there");
    if (core::equals_ignoring_case(origin, web.public_origin)) complain(0, "web.content_origin: the same as web.public_origin, so nothing would stand apart");
  }

  void check_each_file() {
    const GatewayOptions& o = out_.options;
    auto need = [&](std::string_view option, const std::filesystem::path& path) {
      std::error_code ignored;
      const std::filesystem::path file = o.resolve(path);
      if (!std::filesystem::is_regular_file(file, ignored)) {
        complain(0, fmt::format("{}: no file {}", option, file.string()));
      } else if (std::filesystem::is_empty(file, ignored)) {
        complain(0, fmt::format("{}: {} is empty", option, file.string()));
      }
    };
    need("server.master_key_file", o.process.master_key_file);
    need("smtp.certificate_file", o.smtp_listen.certificate_file);
    need("smtp.key_file", o.smtp_listen.key_file);
    if (!o.web_listen.listen.empty()) {
      need("web.certificate_file", o.web_listen.certificate_file);
      need("web.key_file", o.web_listen.key_file);
    }
    if (!o.dns.trust_anchor_file.empty()) need("dns.trust_anchor_file", o.dns.trust_anchor_file);
    const std::string& ocr = o.pipeline.redaction_options.extractor.ocr_program;
    std::error_code ignored;
    if (!ocr.empty() && (!std::filesystem::is_regular_file(ocr, ignored) || ::access(ocr.c_str(), X_OK) != 0)) {
      complain(0, fmt::format("redaction.ocr_program: no program {}; apt install tesseract-ocr, or leave it empty", ocr));
    }
  }

  void complain(std::size_t line, std::string text) { out_.problems.push_back({file_, line, std::move(text)}); }

  const std::filesystem::path& file_;
  Loaded& out_;
};

}  // namespace

std::filesystem::path GatewayOptions::resolve(const std::filesystem::path& path) const {
  std::filesystem::path folder = process.data;
  if (folder.is_relative()) folder = std::filesystem::absolute(file).parent_path() / folder;
  return path.is_absolute() ? path : (folder / path).lexically_normal();
}

// Behind a reverse proxy the port that we listen on is not the one that browsers use.
std::string GatewayOptions::origin() const {
  if (!web.public_origin.empty()) return web.public_origin;
  const bool is_direct = !web_listen.listen.empty() && web.proxy_peers.empty();
  if (!is_direct) return "https://" + process.hostname;
  const net::Endpoint& at = web_listen.listen.front();
  const std::string host = at.address.is_loopback() ? "localhost" : process.hostname;
  return "https://" + host + (at.port == 443 ? std::string() : ":" + std::to_string(at.port));
}

Loaded load_text(const std::filesystem::path& file, std::string_view text, bool check_files) {
  Loaded out;
  out.options.file = file;
  Loader loader(file, out);
  loader.apply(read_toml(file, text));
  if (out.problems.empty()) loader.check(check_files);
  std::ranges::sort(out.problems, {}, &Problem::line);
  // The same facts under the names that the modules use.
  out.options.smtp.hostname = out.options.process.hostname;
  if (!out.options.ticketing.inboxes.empty() && !out.options.ticketing.inboxes.front().addresses.empty()) {
    const std::string& first = out.options.ticketing.inboxes.front().addresses.front();
    out.options.smtp.postmaster_domain = first.substr(first.rfind('@') + 1);
  }
  out.options.ticketing.hostname = out.options.process.hostname;
  out.options.ticketing.origin = out.options.origin();
  out.options.ticketing.file_bytes_max = out.options.web.upload_bytes_max;
  out.options.ticketing.page_size_max = out.options.web.page_size_max;
  out.options.web.page_size_default = std::min(out.options.web.page_size_default, out.options.web.page_size_max);
  out.options.delivery.claimed_max = std::max(out.options.delivery.claimed_max, 2 * out.options.delivery.concurrency_max);
  out.options.delivery.helo_name = out.options.process.hostname;
  return out;
}

Loaded load_file(const std::filesystem::path& file) {
  const auto text = core::read_file(file, kFileBytesMax);
  if (!text) {
    Loaded out;
    // The problem names the file already.
    const std::string front = file.string() + ": ";
    const std::string words = text.error().context();  // error() is a copy
    out.problems.push_back({file, 0, words.starts_with(front) ? words.substr(front.size()) : text.error().describe()});
    return out;
  }
  return load_text(file, *text, true);
}

}  // namespace postern::conf
