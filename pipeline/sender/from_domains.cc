#include "pipeline/sender/from_domains.h"

#include <algorithm>
#include <cctype>

#include "core/encoding.h"
#include "pipeline/mime/address.h"
#include "pipeline/mime/header.h"
#include "pipeline/sender/domain_name.h"

namespace postern::pipeline {
namespace {

// Walks an address list (RFC 5322 section 3.4) and gives each address specification as text without comments.
class AddressCutter {
 public:
  explicit AddressCutter(std::string_view text) : text_(text) {}

  std::vector<std::string> cut() {
    while (at_ < text_.size()) step();
    finish();
    return std::move(found_);
  }

 private:
  void step() {
    const char c = text_[at_];
    switch (c) {
      case '"': quoted(); return;
      case '(': comment(); return;
      case '<':
        angle_.clear();
        in_angle_ = true;
        break;
      case '>': in_angle_ = false; break;
      case ':':
        if (in_angle_) {
          angle_.clear();  // source route before the address
        } else {
          bare_.clear();  // group name
        }
        break;
      case ',':
      case ';':
        if (in_angle_) {
          angle_.clear();
        } else {
          finish();
        }
        break;
      default: append(c); break;
    }
    ++at_;
  }

  void append(char c) {
    if (in_angle_) {
      angle_ += c;
    } else {
      bare_ += c;
    }
  }

  // A quoted string may be a local part; its inside is not read for syntax.
  void quoted() {
    append(text_[at_++]);
    while (at_ < text_.size() && text_[at_] != '"') {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
      append(text_[at_] == '@' ? '_' : text_[at_]);
      ++at_;
    }
    if (at_ < text_.size()) append(text_[at_++]);
  }

  void comment() {
    std::size_t depth = 0;
    for (; at_ < text_.size(); ++at_) {
      if (text_[at_] == '\\') {
        ++at_;
      } else if (text_[at_] == '(') {
        ++depth;
      } else if (text_[at_] == ')' && --depth == 0) {
        ++at_;
        return;
      }
    }
    at_ = std::min(at_, text_.size());
  }

  void finish() {
    std::string_view spec = core::trim_ascii(angle_);
    if (spec.empty()) spec = core::trim_ascii(bare_);  // "ann@example.org <>" shows as what stands before
    if (!spec.empty()) found_.emplace_back(spec);
    bare_.clear();
    angle_.clear();
    in_angle_ = false;
  }

  std::string text_;
  std::size_t at_ = 0;
  std::string bare_;
  std::string angle_;
  bool in_angle_ = false;
  std::vector<std::string> found_;
};

std::optional<std::string> domain_of(const std::string& spec) {
  const std::size_t at = spec.rfind('@');
  if (at == std::string::npos) return std::nullopt;
  std::string domain;
  for (const char c : spec.substr(at + 1)) {
    if (c != ' ' && c != '\t' && c != '\r' && c != '\n') domain += c;
  }
  return to_a_labels(domain);
}

constexpr std::size_t kDistinctMax = 8;  // one is right and two are refused: a header full of them costs no more
constexpr std::size_t kNamedBytesMax = 200;  // domains in a reply line, which holds 512 bytes (RFC 5321)

void add_once(std::vector<std::string>& list, std::string word) {
  if (list.size() >= kDistinctMax) return;
  if (std::find(list.begin(), list.end(), word) == list.end()) list.push_back(std::move(word));
}

bool is_literal(std::string_view domain) { return domain.starts_with('[') && domain.ends_with(']'); }

// People read past quotes and dots around a domain, so it is judged without them.
std::string_view without_trimmings(std::string_view domain) {
  const auto is_trimming = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x80 && std::isalnum(byte) == 0;
  };
  while (!domain.empty() && is_trimming(domain.front())) domain.remove_prefix(1);
  while (!domain.empty() && is_trimming(domain.back())) domain.remove_suffix(1);
  return domain;
}

// What a ticket shows as the author.
void add_shown(const std::string& domain, FromDomains& out) {
  if (is_literal(domain)) return add_once(out.literals, core::to_lower_ascii(domain));
  std::optional<std::string> name = to_a_labels(domain);
  if (!name) name = to_a_labels(without_trimmings(domain));
  if (name) return add_once(out.domains, std::move(*name));
  out.has_unusable = true;
}

// One From field, by both readers. `bytes_left` is for all of them.
void read_field(std::string_view value, std::size_t& bytes_left, FromDomains& out) {
  if (value.size() > bytes_left) {
    out.is_complete = false;
    return;
  }
  bytes_left -= value.size();
  for (const NamedAddress& shown : parse_address_list(value)) {
    if (!shown.address.domain.empty()) add_shown(shown.address.domain, out);
  }
  const std::vector<std::string> specs = AddressCutter(value).cut();
  for (const std::string& spec : specs) {
    std::optional<std::string> domain = domain_of(spec);
    // A word without a dot is the rest of a name: "Sales @ Acme, Inc <sales@acme.example>".
    if (domain && domain->find('.') != std::string::npos) add_once(out.domains, std::move(*domain));
  }
}

}  // namespace

FromDomains find_from_domains(std::string_view message, const HeaderLayout& layout, const DmarcLimits& limits) {
  FromDomains result;
  result.is_complete = !layout.is_truncated;
  std::size_t bytes_left = limits.from_bytes_max;
  for (const SignedField& field : layout.fields) {
    if (!core::equals_ignoring_case(message.substr(field.name.begin, field.name.size()), "from")) continue;
    read_field(message.substr(field.value.begin, field.value.size()), bytes_left, result);
  }
  return result;
}

FromDomains find_from_domains(const Message& message, const AuthOptions& options) {
  const HeaderPart header = read_header(message.bytes(), options.dkim.header_bytes_max, options.dkim.header_fields_max);
  FromDomains result = find_from_domains(core::view(header.bytes), header.layout, options.dmarc);
  // Display passes over blank lines in front of the header, where signatures see no header at all.
  const HeaderBlock shown = parse_message_header(message);
  std::size_t bytes_left = options.dmarc.from_bytes_max;
  for (const HeaderField& field : shown.fields) {
    if (field.name_lower == "from") read_field(message.view(field.value), bytes_left, result);
  }
  return result;
}

std::optional<std::string> from_defect(const FromDomains& from) {
  if (!from.is_complete) return "The From field or the header is too long to tell who the author is";
  if (from.domains.size() + from.literals.size() > 1) {
    std::string names;
    for (const std::string& name : from.domains) names += (names.empty() ? " (" : ", ") + name;
    const bool can_name = from.literals.empty() && names.size() <= kNamedBytesMax;
    return "The From field names several domains" + (can_name ? names + ")" : std::string());
  }
  if (from.has_unusable) return "The From field holds an address whose domain is not a valid name";
  return std::nullopt;
}

}  // namespace postern::pipeline
