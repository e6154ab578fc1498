#pragma once
// pipeline/redaction/notice.h: what stands where something could not be stored.
// Thread-safety: constants.
#include <string_view>

namespace postern::pipeline {

constexpr std::string_view kReplacedNotice =
    "[This part of the message held a card number or another value that must not be stored, in a form from which it\r\n"
    "could not be removed safely. It was replaced by this notice before the message was stored.]\r\n";
constexpr std::string_view kUnreadNotice =
    "[This file could not be looked into: it is encrypted or damaged. It was replaced by this notice before the message\r\n"
    "was stored.]\r\n";

}  // namespace postern::pipeline
