#include "pipeline/reports/aggregate_read.h"

#include <expat.h>

#include <charconv>
#include <limits>
#include <memory>
#include <optional>

#include "core/encoding.h"
#include "net/ip.h"
#include "pipeline/reports/errc.h"
#include "pipeline/reports/report_text.h"

namespace postern::pipeline {
namespace {

constexpr std::size_t kNameBytesMax = 64;  // of an element; those of reports are shorter
constexpr std::int64_t kLastSecond = 253'402'300'799;  // of the year 9999

std::string_view local_name(std::string_view name) {
  const auto colon = name.rfind(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

std::optional<std::uint64_t> parse_digits(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (bad != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// Seconds since 1970; some reporters write a fraction.
std::optional<std::int64_t> parse_seconds(std::string_view text) {
  const auto value = parse_digits(text.substr(0, text.find('.')));
  if (!value || *value > static_cast<std::uint64_t>(kLastSecond)) return std::nullopt;
  return static_cast<std::int64_t>(*value);
}

// RFC 8601 words; "hardfail", "error" and "unknown" are those of the drafts.
AuthResult parse_auth_result(std::string_view word) {
  for (const AuthResult one : {AuthResult::kNone, AuthResult::kPass, AuthResult::kFail, AuthResult::kSoftFail,
                               AuthResult::kNeutral, AuthResult::kPolicy, AuthResult::kTempError, AuthResult::kPermError}) {
    if (core::equals_ignoring_case(word, to_string(one))) return one;
  }
  if (core::equals_ignoring_case(word, "hardfail")) return AuthResult::kFail;
  if (core::equals_ignoring_case(word, "error")) return AuthResult::kTempError;
  if (core::equals_ignoring_case(word, "unknown")) return AuthResult::kPermError;
  return AuthResult::kNone;
}

// Builds the report from elements as they begin and end. After the first failure nothing counts any more.
class AggregateBuilder {
 public:
  explicit AggregateBuilder(const ReportReadLimits& limits) : limits_(limits) {}

  void begin(std::string_view qualified_name) {
    if (path_.size() >= limits_.xml_depth_max) return fail(ReportErrc::kTooLarge, "depth");
    path_.push_back(core::to_lower_ascii(local_name(qualified_name).substr(0, kNameBytesMax)));
    text_.clear();
    const std::string& name = path_.back();
    if (!feedback_depth_) {
      if (name == "feedback") feedback_depth_ = path_.size();
      return;
    }
    // What an extension of RFC 9990 section 3.1.1.14 holds has meanings of its own.
    if (!extension_depth_ && (name == "extensions" || name == "extension")) extension_depth_ = path_.size();
    if (extension_depth_) return;
    if (name == "record") {
      begin_row();
    } else if (row_ && parent() == "auth_results" && name == "dkim") {
      dkim_.emplace();
    } else if (row_ && parent() == "auth_results" && name == "spf") {
      spf_.emplace();
    } else if (row_ && name == "reason") {
      reason_.emplace();
    }
  }

  void text(std::string_view more) {
    const std::size_t room = limits_.text_bytes_max > text_.size() ? limits_.text_bytes_max - text_.size() : 0;
    if (text_.empty()) {  // indentation is no content
      while (!more.empty() && (more.front() == ' ' || more.front() == '\t' || more.front() == '\n' || more.front() == '\r')) more.remove_prefix(1);
    }
    text_.append(more.substr(0, room));
  }

  void end() {
    if (feedback_depth_ && !extension_depth_) close(path_.back());
    if (extension_depth_ == path_.size()) extension_depth_.reset();
    path_.pop_back();
    text_.clear();
  }

  void fail(ReportErrc code, std::string_view what) {
    if (error_) return;
    error_ = core::fail(code, row_ ? "row " + std::to_string(report_.rows.size() + 1) + ": " + std::string(what) : std::string(what));
  }

  bool has_failed() const { return error_.has_value(); }
  bool has_begun() const { return feedback_depth_.has_value(); }
  bool is_done() const { return is_done_; }

  core::Result<AggregateReport> finish() {
    if (error_) return *error_;
    ReportMetadata& metadata = report_.metadata;
    if (!has_begin_) return core::fail(ReportErrc::kInvalid, "date_range");
    if (metadata.end_unix < metadata.begin_unix) metadata.end_unix = metadata.begin_unix;
    if (report_.policy.domain.empty() && !report_.rows.empty()) report_.policy.domain = report_.rows.front().header_from;
    if (report_.policy.domain.empty()) return core::fail(ReportErrc::kInvalid, "policy domain");
    return std::move(report_);
  }

 private:
  std::string_view parent() const { return path_.size() < 2 ? std::string_view() : std::string_view(path_[path_.size() - 2]); }
  std::string words() const { return report_text(text_, limits_.text_bytes_max); }
  std::string word() const { return core::to_lower_ascii(words()); }
  std::string domain() const { return report_domain(text_, limits_.text_bytes_max); }

  void begin_row() {
    if (row_) return fail(ReportErrc::kMalformed, "record in record");
    if (report_.rows.size() >= limits_.rows_max) return fail(ReportErrc::kTooLarge, "rows");
    row_.emplace();
    has_count_ = false;
  }

  void close(std::string_view name) {
    if (path_.size() == feedback_depth_) {
      is_done_ = true;
    } else if (row_ && name == "record") {
      close_row();
    } else if (dkim_) {
      close_dkim(name);
    } else if (spf_) {
      close_spf(name);
    } else if (reason_) {
      close_reason(name);
    } else if (row_) {
      close_row_field(name);
    } else if (parent() == "policy_published") {
      close_policy_field(name);
    } else {
      close_metadata_field(name);
    }
  }

  template <class T>
  void keep(std::vector<T>& list, T one) {
    if (list.size() >= limits_.results_max || ++results_ > limits_.results_total_max) return fail(ReportErrc::kTooLarge, "results");
    list.push_back(std::move(one));
  }

  void close_dkim(std::string_view name) {
    if (name == "domain") dkim_->domain = domain();
    else if (name == "selector") dkim_->selector = words();
    else if (name == "result") dkim_->result = parse_auth_result(words());
    else if (name == "dkim" && parent() == "auth_results") keep(row_->dkim, *std::exchange(dkim_, std::nullopt));
  }

  void close_spf(std::string_view name) {
    if (name == "domain") spf_->domain = domain();
    else if (name == "scope") spf_->scope = word();
    else if (name == "result") spf_->result = parse_auth_result(words());
    else if (name == "spf" && parent() == "auth_results") keep(row_->spf, *std::exchange(spf_, std::nullopt));
  }

  void close_reason(std::string_view name) {
    if (name == "type") reason_->type = word();
    else if (name == "comment") reason_->comment = words();
    else if (name == "reason") keep(row_->reasons, *std::exchange(reason_, std::nullopt));
  }

  void close_row_field(std::string_view name) {
    if (name == "source_ip") {
      const auto address = net::IpAddress::parse(core::trim_ascii(text_));
      if (!address || !row_->source_ip.empty()) return fail(ReportErrc::kInvalid, "source_ip");
      row_->source_ip = address->to_string();
    } else if (name == "count") {
      const auto count = parse_digits(core::trim_ascii(text_));
      if (!count || *count > limits_.count_max || std::exchange(has_count_, true)) return fail(ReportErrc::kInvalid, "count");
      row_->count = *count;
    } else if (name == "disposition") {
      row_->disposition = parse_report_disposition(word()).value_or(ReportDisposition::kNone);
    } else if (name == "dkim") {
      row_->is_dkim_aligned = word() == "pass";
    } else if (name == "spf") {
      row_->is_spf_aligned = word() == "pass";
    } else if (name == "header_from") {
      row_->header_from = domain();
    } else if (name == "envelope_from") {
      row_->envelope_from = domain();
    } else if (name == "envelope_to") {
      row_->envelope_to = domain();
    }
  }

  void close_row() {
    if (row_->source_ip.empty()) return fail(ReportErrc::kInvalid, "source_ip");
    if (!has_count_) return fail(ReportErrc::kInvalid, "count");
    dkim_.reset();
    spf_.reset();
    reason_.reset();
    report_.rows.push_back(*std::exchange(row_, std::nullopt));
  }

  void close_policy_field(std::string_view name) {
    ReportPolicy& policy = report_.policy;
    if (name == "domain") {
      policy.domain = domain();
      return;
    }
    const std::pair<std::string_view, std::string*> fields[] = {
        {"adkim", &policy.adkim}, {"aspf", &policy.aspf},       {"p", &policy.p},   {"sp", &policy.sp},
        {"np", &policy.np},       {"testing", &policy.testing}, {"fo", &policy.fo}, {"discovery_method", &policy.discovery_method}};
    for (const auto& [field, value] : fields) {
      if (field == name) *value = word();
    }
  }

  void close_metadata_field(std::string_view name) {
    ReportMetadata& metadata = report_.metadata;
    if (name == "org_name") metadata.org_name = words();
    else if (name == "email") metadata.email = words();
    else if (name == "extra_contact_info") metadata.extra_contact_info = words();
    else if (name == "report_id") metadata.report_id = words();
    else if (name == "generator") metadata.generator = words();
    else if (name == "error" && !text_.empty()) keep(metadata.errors, words());
    else if (name == "begin" || name == "end") close_time(name == "begin");
  }

  void close_time(bool is_begin) {
    const auto at = parse_seconds(core::trim_ascii(text_));
    if (!at) return fail(ReportErrc::kInvalid, "date_range");
    (is_begin ? report_.metadata.begin_unix : report_.metadata.end_unix) = *at;
    has_begin_ = has_begin_ || is_begin;
  }

  const ReportReadLimits& limits_;
  AggregateReport report_;
  std::vector<std::string> path_;  // open elements, local names in lower case
  std::string text_;               // of the innermost element since its last child
  std::optional<std::size_t> feedback_depth_;
  std::optional<std::size_t> extension_depth_;
  std::optional<ReportRow> row_;
  std::optional<ReportDkim> dkim_;
  std::optional<ReportSpf> spf_;
  std::optional<ReportReason> reason_;
  std::optional<core::Error> error_;
  std::size_t results_ = 0;  // of all rows
  bool has_count_ = false;
  bool has_begin_ = false;
  bool is_done_ = false;
};

// expat is C: nothing may be thrown through it.
struct XmlReader {
  XML_Parser parser;
  AggregateBuilder& builder;

  template <class Step>
  static void guarded(void* self, Step step) noexcept {
    auto& reader = *static_cast<XmlReader*>(self);
    if (reader.builder.has_failed() || reader.builder.is_done()) return;
    try {
      step(reader.builder);
    } catch (const std::exception&) {
      reader.builder.fail(ReportErrc::kTooLarge, "memory");
    }
    if (reader.builder.has_failed() || reader.builder.is_done()) XML_StopParser(reader.parser, XML_FALSE);
  }
  static void XMLCALL on_begin(void* self, const XML_Char* name, const XML_Char** /*attributes*/) noexcept {
    guarded(self, [name](AggregateBuilder& builder) { builder.begin(name); });
  }
  static void XMLCALL on_end(void* self, const XML_Char* /*name*/) noexcept {
    guarded(self, [](AggregateBuilder& builder) { builder.end(); });
  }
  static void XMLCALL on_text(void* self, const XML_Char* text, int length) noexcept {
    guarded(self, [text, length](AggregateBuilder& builder) { builder.text({text, static_cast<std::size_t>(length)}); });
  }
  static void XMLCALL on_doctype(void* self, const XML_Char*, const XML_Char*, const XML_Char*, int) noexcept {
    guarded(self, [](AggregateBuilder& builder) { builder.fail(ReportErrc::kMalformed, "document type"); });
  }
  // expat knows UTF-8, UTF-16, ISO-8859-1 and US-ASCII. Every other set that reporters use has ASCII in its lower half,
  // which is all that matters to what is counted.
  static int XMLCALL on_encoding(void* /*self*/, const XML_Char* /*name*/, XML_Encoding* info) noexcept {
    for (int byte = 0; byte < 256; ++byte) info->map[byte] = byte < 0x80 ? byte : 0xfffd;
    info->data = nullptr;
    info->convert = nullptr;
    info->release = nullptr;
    return XML_STATUS_OK;
  }
};

using XmlFree = decltype([](XML_Parser parser) { XML_ParserFree(parser); });

}  // namespace

core::Result<AggregateReport> read_aggregate_report(std::string_view xml, XmlEncoding encoding, const ReportReadLimits& limits) {
  const auto first = xml.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return core::fail(ReportErrc::kNotAReport);
  xml.remove_prefix(first);  // an XML declaration has to stand first
  if (xml.size() > limits.unpacked_bytes_max || xml.size() > std::numeric_limits<int>::max()) return core::fail(ReportErrc::kTooLarge, "bytes");
  const std::unique_ptr<std::remove_pointer_t<XML_Parser>, XmlFree> parser(
      XML_ParserCreate(encoding == XmlEncoding::kUtf8 ? "UTF-8" : nullptr));
  if (!parser) return core::fail_transient(ReportErrc::kTooLarge, "no memory");
  AggregateBuilder builder(limits);
  XmlReader reader{parser.get(), builder};
  XML_SetUserData(parser.get(), &reader);
  XML_SetElementHandler(parser.get(), XmlReader::on_begin, XmlReader::on_end);
  XML_SetCharacterDataHandler(parser.get(), XmlReader::on_text);
  XML_SetStartDoctypeDeclHandler(parser.get(), XmlReader::on_doctype);
  XML_SetUnknownEncodingHandler(parser.get(), XmlReader::on_encoding, nullptr);
  const XML_Status status = XML_Parse(parser.get(), xml.data(), static_cast<int>(xml.size()), XML_TRUE);
  if (builder.has_failed() || builder.is_done()) return builder.finish();
  if (!builder.has_begun()) return core::fail(ReportErrc::kNotAReport);
  const auto line = status == XML_STATUS_ERROR ? XML_GetCurrentLineNumber(parser.get()) : 0;
  return core::fail(ReportErrc::kMalformed, "line " + std::to_string(line));
}

}  // namespace postern::pipeline
