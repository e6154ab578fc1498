#pragma once
// pipeline/extraction/content_strings.h: the strings that a PDF content stream shows, in the order of the stream, without
// regard to position, visibility, layers or fonts: what a search of the unpacked file would find.
// Thread-safety: pure. Errors: none; what is damaged is skipped. Limits: linear in the input.
#include <string_view>

#include "pipeline/extraction/text_sink.h"

namespace postern::pipeline {

// `content`: a decoded content stream (ISO 32000-1 section 9.4.3). Bytes of two-byte fonts whose high byte is zero are
// given as one byte.
void add_content_strings(std::string_view content, TextSink& out);
// `objects`: objects of a file (section 7.3). Every string is a piece of its own; those of UTF-16 as above.
void add_object_strings(std::string_view objects, TextSink& out);

}  // namespace postern::pipeline
