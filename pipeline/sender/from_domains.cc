#include "pipeline/sender/from_domains.h"

#include <algorithm>
#include <optional>

#include "core/encoding.h"
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

}  // namespace

FromDomains find_from_domains(std::string_view message, const HeaderLayout& layout, const DmarcLimits& limits) {
  FromDomains result;
  result.is_complete = !layout.is_truncated;
  for (const SignedField& field : layout.fields) {
    if (!core::equals_ignoring_case(message.substr(field.name.begin, field.name.size()), "from")) continue;
    ++result.fields;
    if (field.value.size() > limits.from_bytes_max) {
      result.is_complete = false;
      continue;
    }
    const std::vector<std::string> specs = AddressCutter(message.substr(field.value.begin, field.value.size())).cut();
    for (const std::string& spec : specs) {
      std::optional<std::string> domain = domain_of(spec);
      if (!domain) continue;
      if (std::find(result.domains.begin(), result.domains.end(), *domain) == result.domains.end()) {
        result.domains.push_back(std::move(*domain));
      }
    }
  }
  return result;
}

}  // namespace postern::pipeline
