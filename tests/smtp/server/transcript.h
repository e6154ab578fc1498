#pragma once
// tests/smtp/server/transcript.h: sessions as data: tests/data/smtp/*.smtp, whose README.md gives the format.
#include <filesystem>
#include <string>
#include <vector>

#include "tests/support/sim_stream.h"

namespace postern::test {

std::vector<std::filesystem::path> transcripts();
// Plays one file; returns what went wrong as "file:line: …", or nothing.
std::string play(const std::filesystem::path& file, SimOptions sim);
// '*' is any run, '?' any character.
bool matches_glob(std::string_view text, std::string_view glob);

}  // namespace postern::test
