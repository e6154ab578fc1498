#include "pipeline/sender/arc_results.h"

#include <algorithm>

#include "core/encoding.h"
#include "pipeline/sender/dkim_signature.h"
#include "pipeline/sender/domain_name.h"

namespace postern::pipeline {
namespace {

bool is_white(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

// Reads forward; once something is wrong it stays at the end with failed() set.
class ResultsReader {
 public:
  explicit ResultsReader(std::string_view text) : text_(text) {}
  bool failed() const { return failed_; }
  bool is_at_end() const { return at_ >= text_.size(); }
  std::size_t position() const { return at_; }

  bool take(char c) {
    if (is_at_end() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  bool is_next(char c) const { return !is_at_end() && text_[at_] == c; }

  // White space and comments; true when there was white space outside of comments.
  bool skip_cfws() {
    bool has_white = false;
    while (!is_at_end()) {
      if (is_white(text_[at_])) {
        has_white = true;
        ++at_;
      } else if (text_[at_] == '(') {
        skip_comment();
      } else {
        break;
      }
    }
    return has_white;
  }

  // Printable characters up to white space, ";", a comment, a quotation mark or one of `stops`.
  std::string run(std::string_view stops) {
    const std::size_t begin = at_;
    while (!is_at_end()) {
      const char c = text_[at_];
      if (is_white(c) || c == ';' || c == '(' || c == '"' || stops.find(c) != std::string_view::npos) break;
      if (static_cast<unsigned char>(c) < 0x21 || c == 0x7f) fail();
      if (failed_) return {};
      ++at_;
    }
    return std::string(text_.substr(begin, at_ - begin));
  }

  // A token, a quoted string, or an address whose local part is quoted.
  std::string value() {
    if (!is_next('"')) return run("");
    std::string out = quoted();
    if (is_next('@')) out += run("");
    return out;
  }

  void fail() {
    failed_ = true;
    at_ = text_.size();
  }

 private:
  void skip_comment() {
    std::size_t depth = 0;
    for (; !is_at_end(); ++at_) {
      const char c = text_[at_];
      if (c == '\\') {
        ++at_;
      } else if (c == '"') {
        return fail();
      } else if (c == '(') {
        ++depth;
      } else if (c == ')' && --depth == 0) {
        ++at_;
        return;
      }
    }
    fail();
  }

  std::string quoted() {
    std::string out;
    for (++at_; !is_at_end(); ++at_) {
      if (text_[at_] == '"') {
        ++at_;
        return out;
      }
      if (text_[at_] == '\\' && ++at_ >= text_.size()) break;
      if (text_[at_] != '\r' && text_[at_] != '\n') out += text_[at_];
    }
    fail();
    return {};
  }

  std::string_view text_;  // lives as long as the call that reads it
  std::size_t at_ = 0;
  bool failed_ = false;
};

std::optional<std::uint32_t> read_instance(ResultsReader& reader) {
  reader.skip_cfws();
  if (!reader.take('i')) return std::nullopt;
  reader.skip_cfws();
  if (!reader.take('=')) return std::nullopt;
  reader.skip_cfws();
  const std::optional<std::uint32_t> instance = read_arc_instance(reader.run(""));
  reader.skip_cfws();
  return reader.take(';') ? instance : std::nullopt;
}

// "dkim/1=pass (comment) reason="x" header.d=example.org" up to the next ";".
bool read_method(ResultsReader& reader, ResultsField& field) {
  MethodResult found;
  found.method = core::to_lower_ascii(reader.run("=/"));
  reader.skip_cfws();
  if (found.method == "none" && (reader.is_at_end() || reader.is_next(';'))) return true;
  if (reader.take('/')) {
    reader.skip_cfws();
    (void)reader.run("=");
    reader.skip_cfws();
  }
  if (found.method.empty() || !reader.take('=')) return false;
  reader.skip_cfws();
  found.result = core::to_lower_ascii(reader.run(""));
  if (found.result.empty()) return false;
  while (true) {
    const bool is_apart = reader.skip_cfws();
    if (reader.is_at_end() || reader.is_next(';')) break;
    if (!is_apart) return false;
    ResultProperty property;
    property.name = core::to_lower_ascii(reader.run("="));
    reader.skip_cfws();
    if (property.name.empty() || !reader.take('=')) return false;
    reader.skip_cfws();
    property.value = reader.value();
    found.properties.push_back(std::move(property));
  }
  field.methods.push_back(std::move(found));
  return true;
}

bool read_payload(ResultsReader& reader, std::size_t size, ResultsField& field) {
  reader.skip_cfws();
  field.authserv_id = reader.value();
  if (field.authserv_id.empty()) return false;
  if (reader.skip_cfws()) {
    (void)reader.run("=");  // the version of the field
    reader.skip_cfws();
  }
  field.written = {reader.position(), size};
  if (!reader.is_at_end()) field.written.begin = reader.position() + 1;
  while (reader.take(';')) {
    reader.skip_cfws();
    if (reader.is_at_end()) break;
    if (!read_method(reader, field)) return false;
  }
  return reader.is_at_end() && !reader.failed();
}

std::string domain_of(std::string_view value) {
  const std::size_t at = value.rfind('@');
  return to_a_labels(at == std::string_view::npos ? value : value.substr(at + 1)).value_or("");
}

AuthResult read_word(std::string_view word) {
  for (const AuthResult result : {AuthResult::kPass, AuthResult::kFail, AuthResult::kSoftFail, AuthResult::kNeutral,
                                  AuthResult::kPolicy, AuthResult::kTempError, AuthResult::kPermError}) {
    if (word == to_string(result)) return result;
  }
  return AuthResult::kNone;
}

bool is_aligned_pass(const MethodResult& result, std::string_view author_domain, std::size_t spf_count) {
  if (result.result != "pass") return false;
  if (result.method == "dkim") {
    const std::string domain = result.property("header.d");
    return domain_of(domain.empty() ? result.property("header.i") : domain) == author_domain;
  }
  if (result.method != "spf" || spf_count != 1) return false;
  const std::string mail_from = result.property("smtp.mailfrom");
  // smtp.mfrom is what drafts called it.
  return domain_of(mail_from.empty() ? result.property("smtp.mfrom") : mail_from) == author_domain;
}

}  // namespace

std::string MethodResult::property(std::string_view name) const {
  std::string found;
  std::size_t count = 0;
  for (const ResultProperty& candidate : properties) {
    if (candidate.name != name) continue;
    found = candidate.value;
    ++count;
  }
  return count == 1 ? found : std::string();
}

std::optional<ResultsField> read_results(std::string_view value) {
  ResultsReader reader(value);
  ResultsField field;
  if (!read_payload(reader, value.size(), field)) return std::nullopt;
  return field;
}

std::optional<ResultsField> read_arc_results(std::string_view value) {
  ResultsReader reader(value);
  ResultsField field;
  const std::optional<std::uint32_t> instance = read_instance(reader);
  if (!instance || !read_payload(reader, value.size(), field)) return std::nullopt;
  field.instance = *instance;
  return field;
}

std::optional<std::uint32_t> read_results_instance(std::string_view value) {
  ResultsReader reader(value);
  return read_instance(reader);
}

AuthResult sealed_dmarc_of(const ResultsField& field, std::string_view author_domain) {
  if (author_domain.empty()) return AuthResult::kNone;
  AuthResult found = AuthResult::kNone;
  bool has_dmarc = false;
  bool is_aligned = false;
  const auto spf_count = static_cast<std::size_t>(std::count_if(
      field.methods.begin(), field.methods.end(), [](const MethodResult& result) { return result.method == "spf"; }));
  for (const MethodResult& result : field.methods) {
    is_aligned = is_aligned || is_aligned_pass(result, author_domain, spf_count);
    if (result.method != "dmarc") continue;
    has_dmarc = true;
    if (domain_of(result.property("header.from")) != author_domain) continue;
    const AuthResult word = read_word(result.result);
    if (word != AuthResult::kPass) return word;
    found = word;
  }
  if (!has_dmarc && is_aligned) return AuthResult::kPass;
  return found;
}

}  // namespace postern::pipeline
