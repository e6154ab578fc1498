#pragma once
// web/server/message.h: a request as handlers see it and the response that they return: values without Beast types.
// Ownership: both own their bytes. Thread-safety: none; one request is worked on by one coroutine.
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "auth/principal.h"
#include "auth/sessions.h"
#include "core/result.h"
#include "core/task.h"

namespace postern::web {

enum class Verb : std::uint8_t { kGet, kHead, kPost, kPut, kPatch, kDelete, kOther };
std::string_view to_string(Verb verb);
Verb parse_verb(std::string_view word);
// GET and HEAD promise to change nothing; everything else needs proof of origin.
bool is_safe(Verb verb);

struct Field {
  std::string name;  // lower case
  std::string value;
};

struct Request {
  Verb verb = Verb::kOther;
  std::string verb_word;  // as received
  std::string path;       // raw, without query, begins with '/'
  std::vector<std::string> segments;                        // of the path, percent-decoded
  std::vector<std::pair<std::string, std::string>> query;   // percent-decoded
  std::vector<std::pair<std::string, std::string>> params;  // of the route's pattern
  std::vector<Field> fields;
  std::string body;
  std::uint64_t content_length = 0;
  bool is_chunked = false;
  bool is_http_1_0 = false;
  bool wants_close = false;
  bool expects_continue = false;

  std::string id;         // ours; also the X-Request-Id of the response
  std::string client_ip;
  bool is_tls = false;
  bool is_at_content_host = false;           // its answer is for the page, which is of another origin
  std::optional<auth::Principal> principal;  // set before a handler of a non-public route runs
  std::optional<auth::Session> session;      // when a cookie was the credential
  std::vector<Field> rate_fields;            // for the response, whatever it will be: of the tightest limit asked
  double rate_remaining = 0;                 // of that limit, when there are such fields

  bool has_body() const { return is_chunked || content_length > 0; }
  // The first field of that (lower-case) name; empty when absent.
  std::string_view field(std::string_view name) const;
  bool has_field(std::string_view name) const;
  std::optional<std::string_view> query_value(std::string_view name) const;
  std::string_view param(std::string_view name) const;
  // The value of a cookie; nullopt when it is absent or given twice with different values.
  std::optional<std::string> cookie(std::string_view name) const;
  // Valid in handlers of non-public routes only.
  const auth::Principal& who() const;
};

// Where an event stream writes; each write is one chunk, flushed.
class ChunkWriter {
 public:
  virtual ~ChunkWriter() = default;
  virtual core::Task<core::Result<void>> write(std::string chunk) = 0;
};

struct Response {
  // A body that is written as it happens. The function returns the task of a named coroutine.
  using Streamer = std::function<core::Task<void>(ChunkWriter&)>;

  int status = 200;
  std::vector<Field> fields;
  std::string body;
  Streamer stream;
  bool must_close = false;
  std::string short_body;  // what a repeated request is told when the body is too large to be kept (Idempotency-Key)

  // Replaces a field. Values with control characters are refused by the serialiser.
  Response& set(std::string_view name, std::string value);
  std::string_view field(std::string_view name) const;
};

Response plain_response(int status, std::string text);

// RFC 3986 section 2.1; nullopt for a bad escape or an encoded NUL.
std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space);
std::string percent_encode(std::string_view text);
// IMF-fixdate of RFC 9110 section 5.6.7.
std::string to_http_date(core::WallTime time);
std::string_view reason_phrase(int status);

}  // namespace postern::web
