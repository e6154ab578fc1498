#pragma once
// pipeline/mime/part.h: the MIME tree of a message as offsets, no copies of bodies. The tree is that of our line-anchored
// scanner (RFC 2046 section 5.1); mimetic parses the same bytes behind the scanner's limits, and where it sees another
// number of parts the defect parsers_disagree tells readers that others may see another message.
// Thread-safety: pure functions; a tree is a value. Ownership: ranges refer to the Message that was parsed.
// Errors: none. A limit that is passed sets ParseReport::degraded and makes the remaining body one text part.
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/api/message.h"
#include "pipeline/api/verdict.h"
#include "pipeline/mime/header.h"
#include "pipeline/mime/limits.h"
#include "pipeline/mime/params.h"

namespace postern::pipeline {

enum class TransferEncoding { kIdentity, kBase64, kQuotedPrintable, kUuencode, kUnknown };

struct Part {
  std::string path;          // IMAP section: "1.2"; "" for a multipart at the top, "1" for a single body
  ByteRange header;          // up to and with the empty line
  ByteRange body;            // transfer-encoded bytes, without the line end before the next boundary
  ByteRange preamble;        // of a multipart: before the first boundary
  ByteRange epilogue;        // of a multipart: behind the closing boundary
  std::vector<HeaderField> fields;
  std::string media_type;    // "text"; always set, RFC 2045 section 5.2 defaults applied
  std::string media_subtype;
  std::vector<MimeParam> params;
  std::string charset;       // lower case, as labelled; empty when not
  TransferEncoding encoding = TransferEncoding::kIdentity;
  std::string disposition;   // "inline", "attachment", ""
  std::string filename;      // decoded and safe; empty when none
  std::string raw_filename;  // decoded, before it was made safe: for scanning
  std::string content_id;    // without angle brackets
  std::vector<Part> children;  // of a multipart; one for an identity-encoded message/rfc822

  std::string type() const { return media_type + '/' + media_subtype; }
  bool is_multipart() const { return media_type == "multipart"; }
  bool is_message() const { return media_type == "message" && (media_subtype == "rfc822" || media_subtype == "global"); }
  bool is_text() const { return media_type == "text"; }
  bool is_leaf() const { return children.empty(); }
  bool is_attachment() const { return disposition == "attachment"; }
};

struct MimeTree {
  std::vector<HeaderField> headers;  // of the message
  ByteRange header;
  Part root;
  ParseReport report;
};

enum class SecondOpinion { kAsk, kSkip };
// Skip the second parser where its opinion on the same message is known already.
MimeTree parse_mime(const Message& message, const MimeLimits& limits = {}, SecondOpinion opinion = SecondOpinion::kAsk);

// Visits every part, parents first. `message_depth` counts the message/rfc822 parts around the visited one.
void for_each_part(const Part& root, const std::function<void(const Part&, std::size_t message_depth)>& visit);
std::size_t count_leaves(const Part& root);

}  // namespace postern::pipeline
