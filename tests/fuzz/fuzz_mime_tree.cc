// Any bytes: parsed, decoded and made into content without a fault, and every range inside the message; mimetic counts the same
// without what it is not given.
#include <cstdint>

#include "core/assert.h"
#include "pipeline/mime/content.h"
#include "pipeline/mime/decode.h"
#include "pipeline/mime/mimetic_check.h"
#include "pipeline/mime/part.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace pipeline = postern::pipeline;
  pipeline::MimeLimits limits;
  limits.depth_max = 8;
  limits.parts_max = 20;
  const auto message = pipeline::Message::copy_of({reinterpret_cast<const char*>(data), size});
  const auto tree = pipeline::parse_mime(*message, limits);
  pipeline::for_each_part(tree.root, [&](const pipeline::Part& part, std::size_t depth) {
    POSTERN_ASSERT(depth <= limits.depth_max + 1);
    POSTERN_ASSERT(part.header.begin <= part.header.end && part.header.end <= message->size());
    POSTERN_ASSERT(part.body.begin <= part.body.end && part.body.end <= message->size());
    if (!part.is_leaf()) return;
    const auto decoded = pipeline::decode_body(*message, part);
    POSTERN_ASSERT(decoded.map.out_size() == decoded.bytes.size());
    const auto whole = decoded.map.covering({0, decoded.bytes.size()});
    POSTERN_ASSERT(whole.empty() || (whole.begin >= part.body.begin && whole.end <= part.body.end));
    const auto text = pipeline::to_utf8(decoded.bytes, part.charset);
    POSTERN_ASSERT(text.map.out_size() == text.utf8.size());
  });
  pipeline::build_content(*message, tree, limits);
  using pipeline::MimeticText;
  POSTERN_ASSERT(pipeline::count_leaves_with_mimetic(message->bytes(), limits, MimeticText::kSkeleton) ==
                 pipeline::count_leaves_with_mimetic(message->bytes(), limits, MimeticText::kWhole));
  return 0;
}
