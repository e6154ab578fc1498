#include "app/verdict_text.h"

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <string_view>

namespace postern::app {
namespace {

std::string_view text(const Json& value) { return value.is_string() ? std::string_view(value.as_string()) : std::string_view(); }

// Parts that are there, with two blanks between them.
std::string joined(std::initializer_list<std::string> parts) {
  std::string out;
  for (const std::string& part : parts) {
    if (part.empty()) continue;
    if (!out.empty()) out += "  ";
    out += part;
  }
  return out;
}

std::string labelled(std::string_view label, std::string_view value) {
  return value.empty() ? std::string() : fmt::format("{} {}", label, value);
}

class Lines {
 public:
  explicit Lines(const JsonObject& verdicts) : verdicts_(verdicts) {}

  void add(std::string_view method, std::string words) {
    lines_.push_back(for_terminal(fmt::format("{:<10}{}", method, std::move(words))));
  }
  // What the method asked DNS.
  void add_dns(std::string_view method) {
    for (const Json& step : verdicts_.at("dns").as_array()) {
      if (text(step.at("method")) != method) continue;
      const bool is_secure = step.at("is_secure").as_bool();
      lines_.push_back(for_terminal(fmt::format("  {:<5} {}  {}{}", text(step.at("type")), text(step.at("name")),
                                                text(step.at("status")), is_secure ? ", DNSSEC" : "")));
      for (const Json& record : step.at("records").as_array()) {
        lines_.push_back(for_terminal(fmt::format("          {}", text(record))));
      }
    }
  }
  std::vector<std::string> take() { return std::move(lines_); }

 private:
  const JsonObject& verdicts_;
  std::vector<std::string> lines_;
};

std::string dmarc_words(const JsonObject& dmarc) {
  std::string aligned;
  for (const Json& one : dmarc.at("aligned_by").as_array()) aligned += (aligned.empty() ? "" : " and ") + std::string(text(one));
  const std::string_view where = text(dmarc.at("policy_domain"));
  return joined({std::string(text(dmarc.at("result"))), labelled("of", text(dmarc.at("domain"))),
                 where.empty() ? "no policy" : fmt::format("policy {} at {}", text(dmarc.at("policy")), where),
                 labelled("aligned by", aligned), std::string(text(dmarc.at("reason"))),
                 fmt::format("disposition {}", text(dmarc.at("disposition"))), labelled("because of", text(dmarc.at("overridden_by")))});
}

}  // namespace

std::string for_terminal(std::string_view text_of_others) {
  std::string out;
  for (std::size_t i = 0; i < text_of_others.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text_of_others[i]);
    const bool is_c1 = byte == 0xC2 && i + 1 < text_of_others.size() && static_cast<unsigned char>(text_of_others[i + 1]) < 0xA0;
    if (is_c1) ++i;
    out += byte == '\t' ? ' ' : byte < 0x20 || byte == 0x7F || is_c1 ? '?' : text_of_others[i];
  }
  return out;
}

std::vector<std::string> explain_verdicts(const JsonObject& verdicts) {
  Lines lines(verdicts);
  const JsonObject& iprev = verdicts.at("iprev").as_object();
  lines.add("iprev", joined({std::string(text(iprev.at("result"))), std::string(text(iprev.at("name")))}));
  lines.add_dns("iprev");
  lines.add("helo", std::string(text(verdicts.at("helo").at("result"))));
  lines.add_dns("helo");
  const JsonObject& spf = verdicts.at("spf").as_object();
  lines.add("spf", joined({std::string(text(spf.at("result"))), labelled(text(spf.at("identity")), text(spf.at("domain"))),
                           std::string(text(spf.at("reason"))), labelled("they say:", text(spf.at("explanation")))}));
  lines.add_dns("spf");
  for (const Json& one : verdicts.at("dkim").as_array()) {
    lines.add("dkim", joined({std::string(text(one.at("result"))), labelled("d", text(one.at("domain"))),
                              labelled("s", text(one.at("selector"))), std::string(text(one.at("algorithm"))), std::string(text(one.at("reason")))}));
  }
  if (verdicts.at("dkim").as_array().empty()) lines.add("dkim", "none");
  lines.add_dns("dkim");
  const JsonObject& arc = verdicts.at("arc").as_object();
  lines.add("arc", joined({std::string(text(arc.at("result"))), labelled("sealed by", text(arc.at("sealer"))),
                           arc.at("is_trusted").as_bool() ? "trusted" : "", std::string(text(arc.at("reason")))}));
  lines.add_dns("arc");
  lines.add("dmarc", dmarc_words(verdicts.at("dmarc").as_object()));
  lines.add_dns("dmarc");
  for (const Json& hit : verdicts.at("dns_lists").as_array()) {
    lines.add(hit.at("is_allow").as_bool() ? "allow list" : "deny list", joined({std::string(text(hit.at("list"))), std::string(text(hit.at("answer")))}));
  }
  return lines.take();
}

}  // namespace postern::app
