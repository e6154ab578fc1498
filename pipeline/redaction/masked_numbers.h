#pragma once
// pipeline/redaction/masked_numbers.h: card numbers that somebody has masked already: "**** **** **** 1111",
// "xxxx-xxxx-xxxx-1111", our own marks: a security code may stand beside them all the same.
// Thread-safety: pure function. Time: linear, sixty-four bytes at a time where no mark stands. Errors: none.
#include <string_view>
#include <vector>

#include "pipeline/api/message.h"
#include "pipeline/redaction/text_planes.h"

namespace postern::pipeline {

// Four mask characters and more, in groups or not, then exactly four digits, each in any form that folded text knows
// (rules/folded_text.h); from the first mark to the last digit. Asterisk, 'x', 'X' and '#' begin a number where four of
// a kind stand together, blocks and bullets alone. Ascending, disjoint. `text` is UTF-8; other bytes are read as
// Latin-1.
std::vector<ByteRange> masked_numbers(std::string_view text);
std::vector<ByteRange> masked_numbers(std::string_view text, const TextPlanes& planes);  // of the same text

}  // namespace postern::pipeline
