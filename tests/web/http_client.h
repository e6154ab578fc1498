#pragma once
// tests/web/http_client.h: the client's end of HTTP for tests: sends bytes as they are, reads one response.
#include <boost/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "core/task.h"
#include "net/stream.h"

namespace postern::test {

struct Reply {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> fields;  // names in lower case
  std::string body;
  std::string field(std::string_view name) const;
  bool has(std::string_view name) const;
  boost::json::value json() const { return boost::json::parse(body); }
  // The value at a path of keys: at("ticket", "status").
  template <class... Keys>
  boost::json::value at(Keys... keys) const {
    boost::json::value value = json();
    for (const char* key : {keys...}) value = boost::json::value(value.as_object().at(key));
    return value;
  }
};

// A reply with status 0: the connection ended instead.
class HttpClient {
 public:
  explicit HttpClient(std::unique_ptr<net::Stream> stream) : stream_(std::move(stream)) {}
  core::Task<void> send(std::string bytes);
  core::Task<Reply> read_reply(bool is_head = false);
  // Reads until what has arrived and was not taken contains `text`, and takes it; empty at the end of the stream.
  core::Task<std::string> read_until(std::string text);
  core::Task<std::string> read_chunks();
  core::Task<bool> is_closed();
  void close() { stream_->close(); }

 private:
  core::Task<bool> fill();
  std::unique_ptr<net::Stream> stream_;
  std::string buffer_;
};

}  // namespace postern::test
