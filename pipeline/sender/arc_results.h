#pragma once
// pipeline/sender/arc_results.h: what an Authentication-Results or ARC-Authentication-Results field says (RFC 8601
// section 2.2, RFC 8617 section 4.1.1), and what that means for the author's domain. A field is believed whole or not
// at all: others write addresses of strangers into it, so one that cannot be read to its end says nothing.
// Thread-safety: values and free functions.  Limits: the caller bounds the size of the field (ArcLimits).
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/api/message.h"
#include "pipeline/api/verdict.h"

namespace postern::pipeline {

struct ResultProperty {
  std::string name;   // lower case: "header.from", "reason"
  std::string value;  // without quotes
};

struct MethodResult {
  std::string method;  // lower case, without a version: "dmarc"
  std::string result;  // lower case: "pass"
  std::vector<ResultProperty> properties;
  // The value of the only property of that name; empty when there is none or when there are several.
  std::string property(std::string_view name) const;
};

struct ResultsField {
  std::uint32_t instance = 0;  // of an ARC field
  std::string authserv_id;
  std::vector<MethodResult> methods;
  ByteRange written;  // the results as written, behind the ";" that ends authserv-id
};

// `value` is what stands behind the colon, folded as it came. Stricter than the RFC in two things that a stranger's
// address could otherwise use to end a comment or a value: a comment holds no quotation mark, and properties are kept
// apart by white space. More lenient in one: a value may hold any printable character (header.b= often does).
std::optional<ResultsField> read_results(std::string_view value);      // Authentication-Results
std::optional<ResultsField> read_arc_results(std::string_view value);  // with "i=1;" in front
// The instance alone, when the rest need not be understood.
std::optional<std::uint32_t> read_results_instance(std::string_view value);

// The DMARC result of `author_domain` (A-labels, lower case):
// - dmarc= with header.from of that domain; when several differ, one that is not pass counts;
// - no dmarc= at all, but dkim=pass with header.d (header.i when there is none) of exactly that domain, or the only
//   spf=, pass, with smtp.mailfrom of exactly that domain: what DMARC would have called aligned. Pass;
// - anything else says nothing: kNone. A dmarc= without header.from does not tell whose result it is.
AuthResult sealed_dmarc_of(const ResultsField& field, std::string_view author_domain);

}  // namespace postern::pipeline
