#pragma once
// tests/web/described.h: the API's description, held against what the API answers.
#include "tests/web/web_app.h"

namespace postern::test {

struct Described {
  explicit Described(WebApp& app);
  // Of the answer to a request that did well; empty: nothing.
  std::string wrong_with(const Reply& reply, const std::string& pattern, const std::string& verb) const;
  // References that lead nowhere are failures; how many there are.
  std::size_t follow_references() const;
  boost::json::object paths, schemas;
};

}  // namespace postern::test
