#pragma once
// auth/passwords/breached_list.h: an operator's own list of leaked passwords, looked up without leaving the machine: lines of
// 40 hexadecimal digits (SHA-1 of the password) in ascending order, as the public lists have them; what follows the digits
// on a line is ignored.
// Thread-safety: immutable; any thread.  Ownership: keeps the file mapped, not read: its size does not matter.
// Errors of open(): core::Errc::kIo, kInvalid when the file is not such a list. A file must be replaced, not rewritten.
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "core/result.h"

namespace postern::auth {

class BreachedList {
 public:
  static core::Result<std::shared_ptr<const BreachedList>> open(const std::string& path);
  ~BreachedList();
  BreachedList(const BreachedList&) = delete;
  BreachedList& operator=(const BreachedList&) = delete;

  bool contains(std::string_view password) const;

 private:
  BreachedList(const char* bytes, std::size_t size) : bytes_(bytes), size_(size) {}
  std::string_view hash_at(std::size_t position) const;
  std::size_t line_start(std::size_t position) const;

  const char* bytes_;
  std::size_t size_;
};

}  // namespace postern::auth
