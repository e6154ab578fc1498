#pragma once
// pipeline/extraction/pdf_orphans.h: objects in the bytes of a PDF that its cross-reference does not name: earlier versions
// that an update left in the file, and packed objects of a file whose cross-reference was lost. Most programs do not show
// them; those that repair files do, and anybody can unpack them.
// Thread-safety: one thread. Errors: throws TooMuch for what `out` does not take, std::bad_alloc. Limits: kOrphanBytesMax;
// what is past it is not looked at. Time: linear.
#include <cstddef>
#include <set>
#include <string_view>

#include "pipeline/extraction/text_sink.h"

namespace postern::pipeline {

constexpr std::size_t kOrphanBytesMax = std::size_t{8} << 20U;  // read of all of them, unpacked

struct KnownObjects {
  std::set<std::size_t> offsets;  // in the bytes, of objects that the cross-reference names
  std::set<int> packed_in;        // numbers of object streams that it names
};

void add_pdf_orphans(std::string_view bytes, const KnownObjects& known, TextSink& out);

}  // namespace postern::pipeline
