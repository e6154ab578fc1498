#pragma once
// app/error_words.h: an error as a sentence for people at a terminal, without the module that it came from.
// Thread-safety: pure.
#include <string>

#include "core/result.h"

namespace postern::app {

std::string in_words(const core::Error& error);

}  // namespace postern::app
