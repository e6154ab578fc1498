#pragma once
// auth/passwords/common.h: passwords that are tried first: a list of ten thousand, what is made of one of them by a few
// digits or look-alike characters, repetitions and runs along the alphabet or the keyboard.
// Thread-safety: pure; the list is embedded at build time (common.txt, cmake/EmbedFiles.cmake).
#include <cstddef>
#include <span>
#include <string_view>

namespace postern::auth {

struct EmbeddedFile {
  std::string_view name;  // of a literal
  std::string_view hash;  // of a literal
  const unsigned char* bytes = nullptr;
  std::size_t size = 0;
};
// Generated.
std::span<const EmbeddedFile> embedded_files();

// Common as it is, or with up to six characters put around it.
bool is_common_password(std::string_view password);
// How many characters are left when each run ("abcd", "4321", "qwert", "aaaa") counts as one.
std::size_t count_without_runs(std::string_view password);
// Characters of the longest such run along the alphabet or the digits.
std::size_t longest_run(std::string_view password);

}  // namespace postern::auth
