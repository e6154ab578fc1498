#pragma once
// app/text_table.h: rows of words as aligned lines for a terminal; control characters are shown as "?".
// Thread-safety: pure.
#include <string>
#include <vector>

namespace postern::app {

using TextTable = std::vector<std::vector<std::string>>;

// The last column is not padded. Rows may be shorter than others.
std::vector<std::string> table_lines(const TextTable& rows);

}  // namespace postern::app
